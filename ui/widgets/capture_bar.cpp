// SPDX-License-Identifier: MIT
#include "ui/widgets/capture_bar.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/level_meter.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace phial::ui {
namespace {

QString clockText(qint64 ms) {
    const qint64 seconds = ms / 1000;
    return QStringLiteral("%1:%2.%3")
        .arg(seconds / 60)
        .arg(seconds % 60, 2, 10, QLatin1Char('0'))
        .arg(ms / 100 % 10);
}

} // namespace

CaptureBar::CaptureBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(makeLabel(theme, clockText(0), 1.1, this))
    , m_meter(new LevelMeter(theme, this))
    , m_hint(makeLabel(theme, QString(), 0.88, this))
    , m_device(new QToolButton(this))
    , m_devices(new QMenu(this))
    , m_cancel(makeTextButton(tr("Cancel"), "outlined", this))
    , m_attach(makeTextButton(tr("Add"), "outlined", this))
    , m_send(makeTextButton(tr("Send"), "primary", this)) {
    m_time->setContentsMargins(20, 0, 0, 0); // room for the red point
    m_time->setMinimumWidth(84);
    setStyleProperty(*m_hint, "tone", QStringLiteral("muted"));
    m_device->setIcon(icon(theme, "microphone", IconTone::Muted));
    m_device->setIconSize(QSize(16, 16));
    m_device->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_device->setPopupMode(QToolButton::InstantPopup);
    m_device->setMenu(m_devices);
    m_device->setFocusPolicy(Qt::StrongFocus);
    m_device->setToolTip(tr("Choose the microphone"));
    setLook(*m_device, "plain");
    m_cancel->setToolTip(tr("Discard the recording (Esc)"));
    m_attach->setToolTip(tr("Stop, and keep the recording for the message"));
    m_send->setToolTip(tr("Stop and send (Enter)"));

    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(m_time);
    top->addWidget(m_meter, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(6);
    bottom->addWidget(m_device);
    bottom->addWidget(m_hint, 1);
    bottom->addWidget(m_cancel);
    bottom->addWidget(m_attach);
    bottom->addWidget(m_send);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2, 4, 2, 0);
    column->setSpacing(8);
    column->addLayout(top);
    column->addLayout(bottom);

    connect(m_cancel, &QPushButton::clicked, this, &CaptureBar::cancelRequested);
    connect(m_attach, &QPushButton::clicked, this, &CaptureBar::attachRequested);
    connect(m_send, &QPushButton::clicked, this, &CaptureBar::sendRequested);
}

void CaptureBar::setCapture(const CaptureView& capture) {
    if (capture.phase == CapturePhase::Starting && m_capture.phase != CapturePhase::Starting) {
        m_meter->reset();
        m_level = {};
        m_time->setText(clockText(0));
    }
    m_capture = capture;
    const QString name = capture.deviceName.isEmpty() ? tr("Microphone") : capture.deviceName;
    m_device->setText(fontMetrics().elidedText(name, Qt::ElideRight, m_theme.scaled(150)));
    m_device->setAccessibleName(tr("Microphone: %1").arg(name));
    const bool open = capture.phase == CapturePhase::Starting || capture.phase == CapturePhase::Listening;
    m_attach->setEnabled(open);
    m_send->setEnabled(open);
    updateHint();
    update();
}

void CaptureBar::setLevel(const LevelView& level) {
    m_level = level;
    m_meter->setLevel(level);
    m_time->setText(clockText(level.elapsedMs));
    updateHint();
}

void CaptureBar::setHeld(Held held) {
    m_held = held;
    updateHint();
}

void CaptureBar::updateHint() {
    QString text;
    switch (m_capture.trouble) {
    case CaptureTrouble::VeryQuiet:
        text = tr("Very quiet");
        break;
    case CaptureTrouble::OnlySilence:
        text = tr("Only silence (muted?)");
        break;
    case CaptureTrouble::NoData:
        text = tr("Nothing arrives");
        break;
    case CaptureTrouble::Unplugged:
        text = tr("Microphone disconnected");
        break;
    default:
        break;
    }
    const bool trouble = !text.isEmpty();
    if (!trouble) {
        switch (m_capture.phase) {
        case CapturePhase::Starting:
            text = tr("Opening…");
            break;
        case CapturePhase::Finishing:
            text = tr("Finishing…");
            break;
        case CapturePhase::Listening:
            text = m_level.veryQuiet         ? tr("Very quiet")
                   : m_held == Held::Yes ? tr("Let go to send")
                                         : tr("Listening");
            break;
        case CapturePhase::Idle:
            break;
        }
    }
    if (text != m_hint->text()) {
        m_hint->setText(text);
    }
}

void CaptureBar::setInputDevices(const QList<InputDeviceView>& devices) {
    fillInputMenu(*m_devices, devices, [this](const QString& id) { Q_EMIT inputDeviceChosen(id); });
}

void CaptureBar::focusDefault() {
    m_send->setFocus(Qt::OtherFocusReason);
}

void CaptureBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const bool live = m_capture.phase == CapturePhase::Listening;
    painter.setBrush(live ? m_theme.colors().danger : m_theme.colors().controlBorder);
    const QRect label = m_time->geometry();
    const double x = layoutDirection() == Qt::RightToLeft ? label.right() - 9 : label.left() + 9;
    painter.drawEllipse(QPointF(x, label.center().y() + 0.5), 5, 5);
}

void CaptureBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT sendRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

void fillInputMenu(QMenu& menu, const QList<InputDeviceView>& devices,
                   const std::function<void(const QString&)>& chosen) {
    menu.clear();
    for (const InputDeviceView& device : devices) {
        QAction* entry = menu.addAction(device.name);
        entry->setCheckable(true);
        entry->setChecked(device.selected);
        QObject::connect(entry, &QAction::triggered, &menu, [chosen, id = device.id] { chosen(id); });
    }
    if (devices.isEmpty()) {
        menu.addAction(QMenu::tr("No microphone found"))->setEnabled(false);
    }
}

} // namespace phial::ui
