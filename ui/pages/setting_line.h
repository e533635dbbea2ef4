// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/settings_view.h"

#include <QWidget>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace phial::ui {

class Theme;

/// One row of the settings page: what it is about at the left, what changes it at the right, or
/// below where there is little room.
class SettingLine : public QWidget {
    Q_OBJECT

public:
    SettingLine(const Theme& theme, const SettingRow& row, QWidget* parent);

    /// Of the same id and kind.
    void setRow(const SettingRow& row);

    /// Whether a search for these words, in small letters, finds it.
    bool matches(const QStringList& words) const;

Q_SIGNALS:
    void changed(int id, const QString& value);
    void pressed(int id);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeControl();
    void fillChoices();
    void refresh();
    void arrange();

    const Theme& m_theme;
    SettingRow m_row;
    QBoxLayout* m_layout;
    QLabel* m_title;
    QLabel* m_text;
    QLabel* m_reason;
    QComboBox* m_choice = nullptr; ///< by the kind of the row, one of these
    QCheckBox* m_switch = nullptr;
    QLineEdit* m_words = nullptr;
    QLabel* m_fact = nullptr;
    QPushButton* m_button = nullptr; ///< of a Fact
};

} // namespace phial::ui
