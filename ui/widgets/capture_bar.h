// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"

#include <QWidget>

#include <functional>

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace phial::ui {

class LevelMeter;
class Theme;

/// Shown in the composer while the microphone is open: elapsed time, level, device, and the three
/// ways to end.
class CaptureBar : public QWidget {
    Q_OBJECT

public:
    CaptureBar(const Theme& theme, QWidget* parent);

    void setCapture(const CaptureView& capture);
    void setLevel(const LevelView& level);
    void setInputDevices(const QList<InputDeviceView>& devices);
    /// While a key or the button is held, letting go ends the recording.
    enum class Held { No, Yes };
    void setHeld(Held held);
    void focusDefault();

Q_SIGNALS:
    void cancelRequested();
    void attachRequested();
    void sendRequested();
    void inputDeviceChosen(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void updateHint();

    const Theme& m_theme;
    CaptureView m_capture;
    LevelView m_level;
    Held m_held = Held::No;
    QLabel* m_time;
    LevelMeter* m_meter;
    QLabel* m_hint;
    QToolButton* m_device;
    QMenu* m_devices;
    QPushButton* m_cancel;
    QPushButton* m_attach;
    QPushButton* m_send;
};

/// Fills a menu with the microphones; choosing one calls `chosen` with its id.
void fillInputMenu(QMenu& menu, const QList<InputDeviceView>& devices,
                   const std::function<void(const QString&)>& chosen);

} // namespace phial::ui
