// SPDX-License-Identifier: MIT
// Any bytes are a journal; what was understood is written and read back the same.
#include "app/recorder/journal.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace phial::recorder;
    const Journal journal =
        parseJournal(std::string_view(reinterpret_cast<const char*>(data), size));
    std::string text;
    for (const JournalEntry& entry : journal.entries) {
        text += journalLine(entry);
    }
    const Journal again = parseJournal(text);
    if (again.entries.size() != journal.entries.size() || again.unreadableLines != 0) {
        std::abort();
    }
    return 0;
}
