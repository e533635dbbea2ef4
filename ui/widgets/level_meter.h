// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"

#include <QWidget>

namespace phial::ui {

class Theme;

/// Level of the microphone on a scale of decibels: RMS as a bar, peak as a line, a mark that stays
/// for a second when a sample was clipped.
class LevelMeter : public QWidget {
    Q_OBJECT

public:
    LevelMeter(const Theme& theme, QWidget* parent);

    void setLevel(const LevelView& level);
    void reset();
    QSize sizeHint() const override;

    /// Place of a linear level on the scale, 0 (-60 dBFS and below) to 1 (full scale).
    static double position(float linear);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    LevelView m_level;
    qint64 m_clippedUntilMs = -1;
    double m_heldPeak = 0;
};

} // namespace phial::ui
