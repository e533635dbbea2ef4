// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/settings_view.h"

#include <QHash>
#include <QList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace phial::ui {

class SettingLine;
class Theme;

/// Everything that can be set, in groups under one another, with a search. A change is told at
/// once; who is told applies and keeps it and shows the page the new state.
class SettingsPage : public QWidget {
    Q_OBJECT

public:
    SettingsPage(const Theme& theme, QWidget* parent);

    void setView(const SettingsView& view);

    const SettingsView& view() const { return m_view; }

    void focusSearch();

Q_SIGNALS:
    void opened(); ///< it is about to be seen, and wants to be shown how things are
    void closeRequested();
    void changed(int row, const QString& value);
    void pressed(int row); ///< the button of a Fact
    void resetRequested(int group);

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Section {
        QWidget* whole; ///< heading, Reset and rows
        QPushButton* jump;
        QPushButton* reset;
        QList<SettingLine*> lines;
    };

    void build();
    Section makeSection(const SettingGroup& group);
    void filter();
    void jumpTo(const Section& section);

    const Theme& m_theme;
    SettingsView m_view;
    QList<Section> m_sections;
    QLineEdit* m_search;
    QLabel* m_note;
    QWidget* m_jumps;
    QVBoxLayout* m_groups;
    QLabel* m_nothing;
};

} // namespace phial::ui
