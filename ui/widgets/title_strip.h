// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"
#include "ui/contracts/engine_view.h"

#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace phial::ui {

class Theme;

/// Top of the window: sidebar switch, title, model chip, device chip, main menu. Turns red while
/// the microphone is open, on every page.
class TitleStrip : public QWidget {
    Q_OBJECT

public:
    TitleStrip(const Theme& theme, QWidget* parent);

    void setTitle(const QString& title);
    void setEngine(const DeviceChipState& engine);
    void setDevices(const QList<DeviceView>& devices);
    void setCapture(const CaptureView& capture);
    void setElapsed(qint64 ms);
    void setRecordingMeeting(bool recording);
    void setMainMenu(QMenu* menu);
    void openDevices();
    void openMenu();

Q_SIGNALS:
    void sidebarToggled();
    void addModelRequested();
    void recordRequested();
    void deviceChosen(const QString& id);
    void recheckRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QString chipText() const;
    void refresh();
    void fillMenu();
    void elideTitle();
    void refreshRecording();

    const Theme& m_theme;
    QToolButton* m_sidebar;
    QLabel* m_title;
    QLabel* m_recording;
    QToolButton* m_record;
    QToolButton* m_model;
    QToolButton* m_device;
    QMenu* m_deviceMenu;
    QToolButton* m_menu;
    QString m_titleText;
    bool m_capturing = false;
    bool m_meeting = false; ///< is being recorded
    DeviceChipState m_engine;
    QList<DeviceView> m_devices;
};

} // namespace phial::ui
