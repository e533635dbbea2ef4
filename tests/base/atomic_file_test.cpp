// SPDX-License-Identifier: MIT
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

namespace phial {
namespace {

namespace fs = std::filesystem;

TEST(AtomicFile, ReplacesAllOfAFile) {
    const test::TempFolder folder;
    const fs::path file = folder.path() / "a.txt";
    writeAtomically(file, "a long old text");
    writeAtomically(file, "new");
    EXPECT_EQ(readFile(file), "new");
    EXPECT_THROW(readFile(folder.path() / "absent"), Error);
}

TEST(AtomicFile, AFailureLeavesTheOldFileAndNothingElse) {
    const test::TempFolder folder;
    const fs::path file = folder.path() / "a.txt";
    writeAtomically(file, "old");
    fs::create_directory(folder.path() / "folder");
    EXPECT_THROW(writeAtomically(folder.path() / "folder", "new"), Error);
    EXPECT_THROW(writeAtomically(folder.path() / "missing" / "a.txt", "new"), Error);
    EXPECT_EQ(readFile(file), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 2);
}

TEST(AtomicFile, IsWrittenInPiecesAndOnlyThereWhenItIsWhole) {
    const test::TempFolder folder;
    const fs::path path = folder.path() / "a.txt";
    writeAtomically(path, "old");
    {
        AtomicFile given(path);
        given.write("never finished");
    }
    EXPECT_EQ(readFile(path), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
    AtomicFile file(path);
    file.write("????");
    file.write(" and more");
    file.overwrite(1, "abc");
    file.write("!");
    EXPECT_EQ(readFile(path), "old");
    file.commit();
    EXPECT_EQ(readFile(path), "?abc and more!");
    EXPECT_THROW(AtomicFile(folder.path() / "missing" / "a.txt"), Error);
}

TEST(AtomicFile, AFolderCannotBeReadAsAFile) {
    const test::TempFolder folder;
    EXPECT_THROW(readFile(folder.path()), Error);
    EXPECT_THROW(readFile(folder.path() / "missing"), Error);
}

TEST(AtomicFile, OnlyTheOwnerReadsUnlessToldOtherwise) {
    const test::TempFolder folder;
    const fs::path file = folder.path() / "a.txt";
    writeAtomically(file, "mine");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
    writeAtomically(file, "ours", Readers::Everyone);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0644));
}

} // namespace
} // namespace phial
