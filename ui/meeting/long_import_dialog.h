// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace phial::ui {

class Theme;

/// Asks before recordings of hours are imported: how long they are, how long the work takes, and,
/// of a single one, whether all of it is wanted.
class LongImportDialog : public QDialog {
    Q_OBJECT

public:
    LongImportDialog(const Theme& theme, const LongImportView& recordings, QWidget* parent);

Q_SIGNALS:
    void importRequested(const phial::ui::LongImportWish& wish);

private:
    void showPart();
    void refresh();
    bool partShown() const;

    LongImportView m_recordings;
    QWidget* m_fields; ///< of the part
    QLineEdit* m_from;
    QLineEdit* m_to;
    QLabel* m_note; ///< about the part
    QPushButton* m_part;
    QPushButton* m_start;
    LongImportWish m_wish;
};

} // namespace phial::ui
