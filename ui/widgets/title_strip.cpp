// SPDX-License-Identifier: MIT
#include "ui/widgets/title_strip.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/recording_sources_button.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kHeight = 52;
constexpr int kSmall = 520; // the menu has the settings too
constexpr int kNarrow = 700;
constexpr int kMedium = 1120;

QToolButton* makeChip(QWidget* parent) {
    auto* chip = new QToolButton(parent);
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setIconSize(QSize(16, 16));
    chip->setFocusPolicy(Qt::StrongFocus);
    setLook(*chip, "chip");
    return chip;
}

} // namespace

TitleStrip::TitleStrip(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_sidebar(makeIconButton(theme, "sidebar", tr("Show or hide the list (F9)"), this))
    , m_title(makeLabel(theme, QString(), 1.05, this))
    , m_recording(makeLabel(theme, QString(), 0.95, this))
    , m_record(makeChip(this))
    , m_sources(new RecordingSourcesButton(theme, this))
    , m_model(makeChip(this))
    , m_device(makeChip(this))
    , m_deviceMenu(new QMenu(this))
    , m_settings(makeIconButton(theme, "settings", tr("Settings (Ctrl+,)"), this))
    , m_menu(makeIconButton(theme, "menu", tr("Menu (F10)"), this)) {
    setObjectName(QStringLiteral("titleStrip"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumHeight(kHeight);
    m_title->setObjectName(QStringLiteral("titleLabel"));
    m_title->setFont(theme.font(1.05, QFont::DemiBold));
    m_title->setMinimumWidth(90);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_title->setTextFormat(Qt::PlainText);
    setStyleProperty(*m_recording, "tone", QStringLiteral("live"));
    m_recording->hide();
    m_title->installEventFilter(this);
    m_record->setText(u' ' + tr("Record"));
    m_record->setIcon(icon(theme, "record", IconTone::Danger));
    m_record->setToolTip(tr("Record a meeting (Ctrl+R)"));
    m_record->setAccessibleName(tr("Record a Meeting"));
    m_model->setIcon(icon(theme, "model", IconTone::Muted));
    m_device->setPopupMode(QToolButton::InstantPopup);
    m_device->setMenu(m_deviceMenu);
    m_menu->setPopupMode(QToolButton::InstantPopup);
    connect(m_sidebar, &QToolButton::clicked, this, &TitleStrip::sidebarToggled);
    connect(m_record, &QToolButton::clicked, this, &TitleStrip::recordRequested);
    connect(m_sources, &RecordingSourcesButton::microphoneChosen, this,
            &TitleStrip::microphoneChosen);
    connect(m_sources, &RecordingSourcesButton::systemAudioChosen, this,
            &TitleStrip::systemAudioChosen);
    connect(m_model, &QToolButton::clicked, this, &TitleStrip::addModelRequested);
    connect(m_settings, &QToolButton::clicked, this, &TitleStrip::settingsRequested);
    connect(m_deviceMenu, &QMenu::aboutToShow, this, &TitleStrip::fillMenu);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    row->addWidget(m_sidebar);
    row->addWidget(m_title, 1);
    row->addWidget(m_recording);
    auto* record = new QHBoxLayout; // the arrow belongs to Record
    record->setSpacing(0);
    record->addWidget(m_record);
    record->addWidget(m_sources);
    row->addLayout(record);
    row->addWidget(m_model);
    row->addWidget(m_device);
    row->addWidget(m_settings);
    row->addWidget(m_menu);
    refresh();
}

void TitleStrip::setTitle(const QString& title) {
    m_titleText = title;
    refresh();
}

void TitleStrip::setEngine(const DeviceChipState& engine) {
    if (engine != m_engine) {
        m_engine = engine;
        refresh();
    }
}

void TitleStrip::setDevices(const QList<DeviceView>& devices) {
    m_devices = devices;
}

void TitleStrip::setCapture(const CaptureView& capture) {
    m_capturing = capture.phase != CapturePhase::Idle;
    m_recording->setVisible(m_capturing);
    refreshRecording();
    if (capture.phase == CapturePhase::Starting) {
        setElapsed(0);
    }
}

void TitleStrip::setElapsed(qint64 ms) {
    const qint64 seconds = ms / 1000;
    const QString clock =
        QStringLiteral("%1:%2").arg(seconds / 60).arg(seconds % 60, 2, 10, QLatin1Char('0'));
    const QString text = tr("● Listening %1").arg(clock);
    if (m_recording->text() != text) {
        m_recording->setText(text);
    }
}

void TitleStrip::setRecordingMeeting(bool recording) {
    m_meeting = recording;
    refreshRecording();
}

void TitleStrip::setRecordingSources(const RecordingSources& sources) {
    m_sources->setSources(sources);
}

void TitleStrip::refreshRecording() {
    setStyleProperty(*this, "recording",
                     m_capturing || m_meeting ? QStringLiteral("true") : QString());
    const bool narrow = width() < m_theme.scaled(kNarrow);
    m_record->setVisible(!m_meeting); // the bar of the recording, below, has its Stop
    m_sources->setVisible(!m_meeting && !narrow);
    m_record->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
}

void TitleStrip::setMainMenu(QMenu* menu) {
    m_menu->setMenu(menu);
}

void TitleStrip::openDevices() {
    m_device->showMenu();
}

void TitleStrip::openMenu() {
    m_menu->showMenu();
}

void TitleStrip::elideTitle() {
    const QFontMetrics metrics(m_theme.font(1.05, QFont::DemiBold));
    const QString text = metrics.elidedText(m_titleText, Qt::ElideRight, m_title->width());
    if (text != m_title->text()) {
        m_title->setText(text);
    }
}

bool TitleStrip::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_title && event->type() == QEvent::Resize) {
        elideTitle(); // the chips beside it have taken or given room
    }
    return QWidget::eventFilter(watched, event);
}

void TitleStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refresh();
}

QString TitleStrip::chipText() const {
    const DeviceChipState& e = m_engine;
    const bool narrow = width() < m_theme.scaled(kNarrow);
    const bool medium = width() < m_theme.scaled(kMedium);
    switch (e.state) {
    case EngineState::NoModel:
        return e.deviceClass == DeviceClass::None ? tr("No device") : tr("No model loaded");
    case EngineState::Loading:
        return tr("Loading…");
    case EngineState::Failed:
        return tr("Not loaded");
    case EngineState::Resting:
        return tr("Model at rest");
    case EngineState::Ready:
    case EngineState::Busy:
        break;
    }
    QStringList parts;
    if (e.deviceClass == DeviceClass::Software) {
        parts.append(narrow   ? tr("Software")
                     : medium ? tr("Software, slow")
                              : tr("Software renderer, slow"));
    } else {
        parts.append(fontMetrics().elidedText(e.deviceName, Qt::ElideRight,
                                              m_theme.scaled(narrow   ? 90
                                                             : medium ? 130
                                                                      : 200)));
    }
    if (narrow && e.tokensPerSecond > 0 && e.deviceClass != DeviceClass::Software) {
        parts.clear(); // the title needs the room; the tooltip names the device
    }
    if (e.tokensPerSecond > 0) {
        const int digits = e.tokensPerSecond < 10 ? 1 : 0;
        parts.append(tr("%1 tok/s").arg(locale().toString(e.tokensPerSecond, 'f', digits)));
    }
    if (e.contextSize > 0 && !medium) {
        parts.append(
            tr("context %1 %").arg(int(std::lround(100.0 * e.contextUsed / e.contextSize))));
    }
    return parts.join(QStringLiteral(" · "));
}

void TitleStrip::refresh() {
    refreshRecording();
    elideTitle();
    m_title->setFont(m_theme.font(1.05, QFont::DemiBold));
    m_title->setToolTip(m_titleText);
    const bool software = m_engine.deviceClass == DeviceClass::Software;
    const bool failed = m_engine.state == EngineState::Failed;
    const QString text = chipText();
    m_device->setText(u' ' + text);
    m_device->setIcon(icon(m_theme, software ? "warning" : "device",
                           failed     ? IconTone::Danger
                           : software ? IconTone::Amber
                                      : IconTone::Muted));
    setStyleProperty(*m_device, "tone",
                     failed     ? QStringLiteral("danger")
                     : software ? QStringLiteral("warning")
                                : QString());
    QStringList tip;
    if (m_engine.state == EngineState::Resting) {
        tip.append(tr("Its memory is free. It is loaded again as soon as you use it."));
    }
    if (!m_engine.deviceName.isEmpty()) {
        tip.append(m_engine.deviceName);
    }
    if (!m_engine.driver.isEmpty()) {
        tip.append(m_engine.driver);
    }
    if (!m_engine.precision.isEmpty()) {
        tip.append(m_engine.precision);
    }
    if (m_engine.contextSize > 0) {
        tip.append(tr("Context: %1 of %2 tokens")
                       .arg(locale().toString(m_engine.contextUsed),
                            locale().toString(m_engine.contextSize)));
    }
    m_device->setToolTip(tip.isEmpty() ? text : tip.join(u'\n'));
    m_device->setAccessibleName(tr("Device: %1").arg(text));

    const bool narrow = width() < m_theme.scaled(kNarrow);
    const bool medium = width() < m_theme.scaled(kMedium);
    const QString model = m_engine.modelName.isEmpty() ? tr("Add a model") : m_engine.modelName;
    m_model->setText(
        u' ' + fontMetrics().elidedText(model, Qt::ElideRight, m_theme.scaled(medium ? 190 : 300)));
    m_model->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    m_model->setToolTip(m_engine.embeddedModel
                            ? tr("%1\nClick to add Phi-4-multimodal").arg(model)
                            : tr("%1\nClick to choose another model").arg(model));
    m_model->setAccessibleName(tr("Model: %1").arg(model));
    m_settings->setVisible(width() >= m_theme.scaled(kSmall));
}

void TitleStrip::fillMenu() {
    m_deviceMenu->clear();
    m_deviceMenu->addSection(tr("Devices"));
    for (const DeviceView& device : std::as_const(m_devices)) {
        QString text = device.name;
        if (device.deviceClass == DeviceClass::Software) {
            text = tr("%1 (software, very slow)").arg(device.name);
        } else if (device.memoryGigabytes > 0) {
            text = tr("%1 · %2 GB")
                       .arg(device.name, locale().toString(device.memoryGigabytes, 'f', 1));
        }
        QAction* entry = m_deviceMenu->addAction(text);
        entry->setCheckable(true);
        entry->setChecked(device.selected);
        entry->setEnabled(device.unsuitable.isEmpty());
        entry->setToolTip(device.unsuitable.isEmpty() ? device.driver : device.unsuitable);
        if (device.deviceClass == DeviceClass::Software) {
            entry->setIcon(icon(m_theme, "warning", IconTone::Amber));
        }
        connect(entry, &QAction::triggered, this,
                [this, id = device.id] { Q_EMIT deviceChosen(id); });
    }
    if (m_devices.isEmpty()) {
        m_deviceMenu->addAction(tr("No graphics device found"))->setEnabled(false);
    }
    m_deviceMenu->setToolTipsVisible(true);
    m_deviceMenu->addSeparator();
    m_deviceMenu->addAction(tr("Look for Devices Again"), this, &TitleStrip::recheckRequested);
    m_deviceMenu->addAction(tr("Free the Model's Memory"), this, &TitleStrip::restRequested)
        ->setEnabled(m_engine.state == EngineState::Ready);
    m_deviceMenu->addAction(tr("Models…"), this, &TitleStrip::addModelRequested);
}

} // namespace phial::ui
