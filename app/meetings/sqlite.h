// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace phial::meetings {

/// A prepared statement. Parameters are numbered from 1, columns from 0.
class Statement {
public:
    Statement(sqlite3* database, const std::string& sql);
    ~Statement();

    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, double value);
    /// The text is copied.
    Statement& bind(int parameter, std::string_view value);

    /// True while there is a row.
    bool step();

    /// Carries out a statement without rows and makes it ready for other values.
    void run();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;

private:
    sqlite3* m_database;
    sqlite3_stmt* m_statement = nullptr;
};

/// An open SQLite file. Throws Error{FileUnwritable} with SQLite's own words. One thread at a time.
class SqliteFile {
public:
    explicit SqliteFile(const std::filesystem::path& path);
    ~SqliteFile();

    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;

    void execute(const std::string& sql);

    sqlite3* handle() const { return m_handle; }

    std::int64_t lastRow() const;

private:
    sqlite3* m_handle = nullptr;
};

/// All or nothing: undone unless committed.
class Transaction {
public:
    explicit Transaction(SqliteFile& file);
    ~Transaction();

    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    SqliteFile& m_file;
    bool m_done = false;
};

} // namespace phial::meetings
