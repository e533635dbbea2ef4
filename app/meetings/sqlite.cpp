// SPDX-License-Identifier: MIT
#include "app/meetings/sqlite.h"

#include "inference/base/error.h"

#include <sqlite3.h>

namespace phial::meetings {
namespace {

[[noreturn]] void fail(sqlite3* database, const std::string& what) {
    const int code = sqlite3_extended_errcode(database);
    throw Error((code & 0xff) == SQLITE_FULL ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                "The search index failed (" + what + "): " + sqlite3_errmsg(database) +
                    "; it can be deleted and is then made anew.");
}

} // namespace

Statement::Statement(sqlite3* database, const std::string& sql)
    : m_database(database) {
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &m_statement, nullptr) != SQLITE_OK) {
        fail(database, "preparing");
    }
}

Statement::~Statement() {
    sqlite3_finalize(m_statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(m_statement, parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, double value) {
    sqlite3_bind_double(m_statement, parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
    // A null destructor argument of -1 makes SQLite copy; its macro is an old-style cast.
    sqlite3_bind_text64(m_statement, parameter, value.data(), value.size(),
                        reinterpret_cast<sqlite3_destructor_type>(-1), SQLITE_UTF8);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(m_statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        fail(m_database, "reading or writing");
    }
    return code == SQLITE_ROW;
}

void Statement::run() {
    step();
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(m_statement, column);
}

std::string Statement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(m_statement, column);
    const int size = sqlite3_column_bytes(m_statement, column);
    return bytes == nullptr
               ? std::string()
               : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

SqliteFile::SqliteFile(const std::filesystem::path& path) {
    if (sqlite3_open(path.c_str(), &m_handle) != SQLITE_OK) {
        const std::string why = sqlite3_errmsg(m_handle);
        sqlite3_close(m_handle);
        throw Error(ErrorCode::FileUnwritable, "Cannot open " + path.string() + ": " + why + ".");
    }
    // The window and the terminal program may write at the same time.
    constexpr int kWaitMs = 5000;
    sqlite3_busy_timeout(m_handle, kWaitMs);
}

SqliteFile::~SqliteFile() {
    sqlite3_close(m_handle);
}

void SqliteFile::execute(const std::string& sql) {
    if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(m_handle, "executing");
    }
}

std::int64_t SqliteFile::lastRow() const {
    return sqlite3_last_insert_rowid(m_handle);
}

Transaction::Transaction(SqliteFile& file)
    : m_file(file) {
    m_file.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!m_done) {
        sqlite3_exec(m_file.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Transaction::commit() {
    m_file.execute("COMMIT");
    m_done = true;
}

} // namespace phial::meetings
