// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace phial::ui {

class Theme;

/// Device memory for several contexts against what is free, a line each.
class NeedRows : public QWidget {
    Q_OBJECT

public:
    NeedRows(const Theme& theme, QWidget* parent);

    /// `what` needs it: "The package". `device` empty: nothing is known of one. `free` -1: nor of
    /// its memory.
    void setNeeds(const QString& what, const QList<ContextNeed>& needs, const QString& device,
                  qint64 free);

private:
    const Theme& m_theme;
    QLabel* m_heading;
    QVBoxLayout* m_lines;
    QList<QLabel*> m_rows;
};

} // namespace phial::ui
