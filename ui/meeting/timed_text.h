// SPDX-License-Identifier: MIT
#pragma once

#include <QTextBrowser>

namespace phial::ui {

class Theme;

/// Text with times that can be clicked: Markdown whose links "#t=62" mean a place in the recording.
class TimedText : public QTextBrowser {
    Q_OBJECT

public:
    TimedText(const Theme& theme, const QString& name, QWidget* parent);

    /// The raw Markdown is kept and shown again when theme or zoom change.
    void setText(const QString& markdown);

Q_SIGNALS:
    void timeActivated(double seconds);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    const Theme& m_theme;
    QString m_markdown;
};

} // namespace phial::ui
