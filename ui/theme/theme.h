// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/intents.h"
#include "ui/theme/colors.h"

#include <QDBusVariant>
#include <QFont>
#include <QObject>

namespace phial::ui {

/// Colours and font size of the running program. Created after QApplication and before any widget;
/// must outlive them. Applies style, palette, font and style sheet to the application whenever the
/// choice, the system's scheme or the zoom changes, then emits changed(). GUI thread.
class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(QObject* parent = nullptr);

    const Colors& colors() const;
    bool dark() const;
    ThemeChoice choice() const { return m_choice; }
    int zoomPercent() const { return m_zoomPercent; }

    /// Pixels that stand for `size` pixels at 100 % zoom.
    int scaled(int size) const;

    /// The application's font times `factor`.
    QFont font(double factor = 1.0, QFont::Weight weight = QFont::Normal) const;
    QFont monospace(double factor = 1.0) const;

    void setChoice(ThemeChoice choice);
    void setZoomPercent(int percent); ///< clamped to 80..200

    /// Asks the desktop portal for its colour scheme and follows it. Does nothing without a session
    /// bus; never waits.
    void followSystem();

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void onPortalSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void setSystemDark(bool dark);
    void apply();

    ThemeChoice m_choice = ThemeChoice::System;
    bool m_systemDark = false;
    int m_zoomPercent = 100;
    QFont m_baseFont;
};

/// The application's style sheet in these colours.
QString makeStyleSheet(const Colors& colors);

} // namespace phial::ui
