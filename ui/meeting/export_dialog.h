// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;

namespace phial::ui {

class Theme;

/// How a transcript or a summary is written to a file or copied.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    /// `selection`: seconds of the chosen lines, for a clip; from == to = all of the recording.
    ExportDialog(const Theme& theme, const MeetingView& meeting, bool hasTranscript,
                 QPair<double, double> selection, QWidget* parent);

    void setFormat(ExportFormat format);
    void setSummary(const QString& name); ///< what is offered first, instead of the meeting

Q_SIGNALS:
    void exportRequested(const phial::ui::ExportWish& wish);

private:
    ExportWish wish() const;
    void fillFormats();
    void refresh();
    void chooseFile();

    MeetingView m_meeting;
    QPair<double, double> m_selection;
    bool m_hasTranscript;
    QComboBox* m_what;
    QComboBox* m_format;
    QComboBox* m_languages;
    QLabel* m_note;
    QPushButton* m_copy;
    QPushButton* m_save;
};

/// "srt" and so on, without a dot.
QString suffixOf(ExportFormat format);

} // namespace phial::ui
