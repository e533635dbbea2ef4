// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace phial::ui {

/// How a row of the settings page is changed.
enum class SettingKind {
    Choice, ///< one of `choices`
    Switch, ///< "yes" or "no"
    Text,   ///< a line of the user's own words
    Fact,   ///< to be read; it may have a button
};

struct SettingChoice {
    QString value;
    QString text;

    bool operator==(const SettingChoice&) const = default;
};

/// One row of the settings page.
struct SettingRow {
    int id = 0; ///< comes back with a change or a pressed button; unique on the page
    SettingKind kind = SettingKind::Fact;
    QString title;
    QString text;  ///< what it does, in one or two sentences; may be empty
    QString value; ///< of a Choice: the value of one of `choices`
    QList<SettingChoice> choices;
    QString button;          ///< of a Fact; empty = none
    QString disabledBecause; ///< one sentence; empty = it can be changed

    bool operator==(const SettingRow&) const = default;
};

/// Rows under a heading.
struct SettingGroup {
    int id = 0;
    QString title;
    QList<SettingRow> rows;
    bool changed = false; ///< something differs from its default, so that it can be reset

    bool operator==(const SettingGroup&) const = default;
};

/// What the settings page shows, in order. Ids and kinds of the rows are the same for as long as
/// the page lives; everything else may change.
struct SettingsView {
    QList<SettingGroup> groups;
    QString note; ///< above the groups, one sentence; may be empty

    bool operator==(const SettingsView&) const = default;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::SettingsView)
