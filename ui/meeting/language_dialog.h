// SPDX-License-Identifier: MIT
#pragma once

#include <QDialog>
#include <QString>

class QComboBox;

namespace phial::ui {

class Theme;

/// Asks in which language a meeting is to be transcribed again.
class LanguageDialog : public QDialog {
    Q_OBJECT

public:
    /// `language`: the present choice, English name; empty = automatic.
    LanguageDialog(const Theme& theme, const QString& title, const QString& language,
                   QWidget* parent);

Q_SIGNALS:
    void chosen(const QString& language); ///< English name; empty = automatic

private:
    QComboBox* m_language;
};

} // namespace phial::ui
