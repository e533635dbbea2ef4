// SPDX-License-Identifier: MIT
#include "ui/widgets/composer.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/attachment_chip.h"
#include "ui/widgets/capture_bar.h"
#include "ui/widgets/composer_edit.h"
#include "ui/widgets/context_bar.h"
#include "ui/widgets/flow_layout.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace phial::ui {
namespace {

constexpr qint64 kHoldMs = 400; // longer than a tap: letting go ends the recording
constexpr int kRound = 34;
constexpr int kCompactBelow = 600;

} // namespace

Composer::Composer(const Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_editBanner(new QWidget(this))
    , m_chipArea(new QWidget(this))
    , m_chipFlow(new FlowLayout(m_chipArea))
    , m_edit(new ComposerEdit(theme, this))
    , m_captureBar(new CaptureBar(theme, this))
    , m_toolRow(new QWidget(this))
    , m_attach(
          makeIconButton(theme, "attach", tr("Add pictures or recordings (Ctrl+O)"), m_toolRow))
    , m_actions(new ActionSelector(theme, m_toolRow))
    , m_context(new ContextBar(theme, m_toolRow))
    , m_microphone(makeIconButton(theme, "microphone", tr("Talk"), m_toolRow))
    , m_microphoneMenu(new QMenu(this))
    , m_send(new QToolButton(m_toolRow)) {
    setObjectName(QStringLiteral("composer"));
    buildRows();

    connect(m_edit, &ComposerEdit::sendRequested, this, &Composer::send);
    connect(m_edit, &ComposerEdit::sourcesPasted, this, &Composer::sourcesOffered);
    connect(m_edit, &ComposerEdit::textChanged, this, [this] {
        updateButtons();
        Q_EMIT draftChanged(draft());
    });
    connect(m_edit, &ComposerEdit::focusChanged, this, [this] {
        setStyleProperty(*this, "focused", m_edit->hasFocus() ? QStringLiteral("true") : QString());
    });
    connect(m_attach, &QToolButton::clicked, this, &Composer::openFilesRequested);
    connect(m_actions, &ActionSelector::changed, this, [this] {
        updatePlaceholder();
        Q_EMIT actionChosen(m_actions->action());
        Q_EMIT draftChanged(draft());
    });
    connect(m_send, &QToolButton::clicked, this,
            [this] { m_answering == Answering::Yes ? Q_EMIT stopRequested() : send(); });
    connect(m_microphone, &QToolButton::clicked, this, [this] {
        // Pressing with the mouse has begun the recording already; this is the keyboard's way.
        if (!m_holdClock.isValid()) {
            toggleCapture();
        }
    });
    connect(m_captureBar, &CaptureBar::cancelRequested, this,
            [this] { endCapture(CaptureEnd::Discard); });
    connect(m_captureBar, &CaptureBar::attachRequested, this,
            [this] { endCapture(CaptureEnd::Attach); });
    connect(m_captureBar, &CaptureBar::sendRequested, this,
            [this] { endCapture(CaptureEnd::AttachAndSend); });
    connect(m_captureBar, &CaptureBar::inputDeviceChosen, this, &Composer::inputDeviceChosen);
    m_microphone->installEventFilter(this);
    updateButtons();
    updatePlaceholder();
}

void Composer::buildRows() {
    auto* banner = new QHBoxLayout(m_editBanner);
    banner->setContentsMargins(6, 0, 0, 0);
    QLabel* label = makeLabel(
        m_theme, tr("Editing an earlier question. The old one is kept as a variant."), 0.9, this);
    label->setWordWrap(true);
    setStyleProperty(*label, "tone", QStringLiteral("muted"));
    banner->addWidget(label, 1);
    QToolButton* leave =
        makeIconButton(m_theme, "close", tr("Leave the edit (Esc)"), m_editBanner, IconTone::Muted);
    leave->setIconSize(QSize(14, 14));
    connect(leave, &QToolButton::clicked, this, &Composer::endEdit);
    banner->addWidget(leave);
    m_editBanner->hide();
    m_chipArea->hide();
    m_captureBar->hide();

    m_microphone->setToolTip(tr("Talk: click to start and stop, or hold while speaking"));
    m_microphone->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_microphone, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { m_microphoneMenu->popup(m_microphone->mapToGlobal(at)); });
    for (QToolButton* button : {m_microphone, m_send, m_attach}) {
        button->setFixedSize(kRound, kRound);
        button->setFocusPolicy(Qt::StrongFocus);
    }
    setLook(*m_microphone, "round");
    setLook(*m_attach, "round");
    setLook(*m_send, "send");
    m_send->setIconSize(QSize(20, 20));

    auto* tools = new QHBoxLayout(m_toolRow);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(5);
    tools->addWidget(m_attach);
    tools->addWidget(m_actions);
    tools->addStretch(1);
    tools->addWidget(m_context);
    tools->addWidget(m_microphone);
    tools->addWidget(m_send);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 9, 8, 8);
    column->setSpacing(5);
    column->addWidget(m_editBanner);
    column->addWidget(m_chipArea);
    column->addWidget(m_edit);
    column->addWidget(m_captureBar);
    column->addWidget(m_toolRow);
}

Submission Composer::draft() const {
    Submission submission;
    submission.text = m_edit->toPlainText().trimmed();
    for (const AttachmentChip* chip : m_chips) {
        submission.attachments.append(chip->view().id);
    }
    submission.action = m_actions->action();
    submission.language = m_actions->language();
    submission.editsMessage = m_editsMessage;
    return submission;
}

bool Composer::empty() const {
    const Submission current = draft();
    return current.text.isEmpty() && current.attachments.isEmpty();
}

void Composer::setText(const QString& text) {
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
}

QString Composer::draftText() const {
    return m_edit->toPlainText();
}

void Composer::setAttachments(const QList<AttachmentView>& attachments) {
    // Chips that stay are kept, so that the one in focus keeps it.
    QList<AttachmentChip*> chips;
    for (const AttachmentView& view : attachments) {
        AttachmentChip* chip = nullptr;
        for (AttachmentChip* old : std::as_const(m_chips)) {
            if (old->view().id == view.id) {
                chip = old;
            }
        }
        if (chip == nullptr) {
            chip = new AttachmentChip(m_theme, view, m_chipArea);
            m_chipFlow->addWidget(chip);
            connect(chip, &AttachmentChip::removeRequested, this, &Composer::attachmentRemoved);
            connect(chip, &AttachmentChip::openRequested, this, &Composer::attachmentActivated);
            chip->show();
        } else {
            m_chips.removeOne(chip);
            chip->setView(view);
        }
        chips.append(chip);
    }
    for (AttachmentChip* gone : std::as_const(m_chips)) {
        if (gone->hasFocus()) {
            chips.isEmpty() ? m_edit->setFocus() : chips.last()->setFocus();
        }
        gone->hide();
        m_chipFlow->removeWidget(gone);
        gone->deleteLater();
    }
    m_chips = chips;
    m_chipArea->setVisible(!m_chips.isEmpty());
    m_chipArea->updateGeometry();
    updateButtons();
    updatePlaceholder();
    Q_EMIT draftChanged(draft());
}

void Composer::setAction(Action action, const QString& language) {
    m_actions->setAction(action);
    if (!language.isEmpty()) {
        m_actions->setLanguage(language);
    }
    updatePlaceholder();
}

void Composer::setSendKey(SendKey key) {
    m_edit->setSendKey(key);
    updateButtons();
}

void Composer::setContext(const ContextView& context) {
    m_context->setContext(context);
}

void Composer::setCapture(const CaptureView& capture) {
    const bool was = capturing();
    m_capture = capture;
    m_captureBar->setCapture(capture);
    if (was != capturing()) {
        const bool focusInside = m_captureBar->isAncestorOf(focusWidget()) || m_edit->hasFocus() ||
                                 m_microphone->hasFocus();
        m_captureBar->setVisible(capturing());
        m_edit->setVisible(!capturing());
        m_toolRow->setVisible(!capturing() || m_holding);
        if (capturing() && focusInside && !m_holding) {
            m_captureBar->focusDefault();
        } else if (!capturing()) {
            m_toolRow->show();
            if (focusInside) {
                m_edit->setFocus();
            }
        }
    }
    if (!capturing()) {
        m_holding = false;
        m_holdClock.invalidate();
    }
    updateButtons();
}

void Composer::setLevel(const LevelView& level) {
    m_captureBar->setLevel(level);
}

void Composer::setInputDevices(const QList<InputDeviceView>& devices) {
    m_captureBar->setInputDevices(devices);
    fillInputMenu(*m_microphoneMenu, devices,
                  [this](const QString& id) { Q_EMIT inputDeviceChosen(id); });
}

void Composer::setEngine(const DeviceChipState& engine) {
    m_engine = engine;
    updatePlaceholder();
}

void Composer::setAnswering(Answering answering) {
    m_answering = answering;
    updateButtons();
}

void Composer::beginEdit(const QString& messageId, const QString& text) {
    m_editsMessage = messageId;
    m_editBanner->show();
    setText(text);
    m_edit->setFocus();
}

void Composer::endEdit() {
    if (!m_editsMessage.isEmpty()) {
        m_editsMessage.clear();
        m_editBanner->hide();
        setText(QString());
        m_edit->setFocus();
    }
}

void Composer::clearDraft() {
    m_editsMessage.clear();
    m_editBanner->hide();
    m_edit->clear();
}

bool Composer::capturing() const {
    return m_capture.phase != CapturePhase::Idle;
}

void Composer::focusText() {
    m_edit->setFocus(Qt::OtherFocusReason);
}

bool Composer::escape() {
    if (capturing()) {
        endCapture(CaptureEnd::Discard);
        return true;
    }
    if (!m_editsMessage.isEmpty()) {
        endEdit();
        return true;
    }
    return false;
}

void Composer::send() {
    if (m_answering == Answering::No && !empty()) {
        Q_EMIT submitted(draft());
    }
}

void Composer::toggleCapture() {
    capturing() ? endCapture(CaptureEnd::Attach) : Q_EMIT captureStartRequested();
}

void Composer::endCapture(CaptureEnd end) {
    m_holding = false;
    m_holdClock.invalidate();
    m_captureBar->setHeld(CaptureBar::Held::No);
    Q_EMIT captureEndRequested(end, draft());
}

void Composer::beginHold() {
    if (!capturing()) {
        m_holding = true;
        m_captureBar->setHeld(CaptureBar::Held::Yes);
        m_holdClock.start();
        Q_EMIT captureStartRequested();
    }
}

void Composer::endHold() {
    if (m_holding) {
        endCapture(CaptureEnd::AttachAndSend);
    }
}

void Composer::abandonHold() {
    if (m_holding) {
        endCapture(CaptureEnd::Attach);
    }
}

void Composer::openInputPicker() {
    m_microphoneMenu->popup(m_microphone->mapToGlobal(QPoint(0, 0)));
}

void Composer::micPressed() {
    if (capturing()) {
        endCapture(CaptureEnd::Attach);
    } else {
        // Recording begins with the press, before it is known whether this is a tap or a hold:
        // the first word must not be lost.
        beginHold();
    }
}

void Composer::micReleased() {
    if (!m_holding) {
        return;
    }
    if (m_holdClock.elapsed() > kHoldMs) {
        endCapture(CaptureEnd::AttachAndSend);
        return;
    }
    m_holding = false; // a tap: it goes on until the next one
    m_captureBar->setHeld(CaptureBar::Held::No);
    m_toolRow->setVisible(!capturing());
    m_holdClock.invalidate();
    if (capturing()) {
        m_captureBar->focusDefault();
    }
}

bool Composer::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_microphone) {
        auto* mouse = dynamic_cast<QMouseEvent*>(event);
        if (mouse != nullptr && mouse->button() == Qt::LeftButton) {
            if (event->type() == QEvent::MouseButtonPress) {
                micPressed();
                return true;
            }
            if (event->type() == QEvent::MouseButtonRelease) {
                micReleased();
                return true;
            }
        }
    }
    return QFrame::eventFilter(watched, event);
}

void Composer::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    m_actions->setCompact(width() < m_theme.scaled(kCompactBelow) ? ActionSelector::Compact::Yes
                                                                  : ActionSelector::Compact::No);
    updatePlaceholder();
}

void Composer::updateButtons() {
    const bool answering = m_answering == Answering::Yes;
    m_send->setIcon(icon(m_theme, answering ? "stop" : "send", IconTone::OnAccent));
    const QString name = answering                             ? tr("Stop (Esc)")
                         : m_edit->sendKey() == SendKey::Enter ? tr("Send (Enter)")
                                                               : tr("Send (Ctrl+Enter)");
    m_send->setToolTip(name);
    m_send->setAccessibleName(name);
    m_send->setEnabled(answering || !empty());
}

void Composer::updatePlaceholder() {
    QString text;
    if (m_engine.state == EngineState::NoModel || m_engine.state == EngineState::Failed) {
        text = m_engine.state == EngineState::Failed
                   ? tr("No model is loaded yet. You can already write and record.")
                   : tr("Add a model to get answers. You can already write and record.");
    } else if (m_actions->action() == Action::Transcribe) {
        text = tr("Record or drop speech to have it written down");
    } else if (m_actions->action() == Action::Translate) {
        text = tr("Write, record or drop what is to be translated");
    } else if (!m_chips.isEmpty()) {
        text = tr("Ask about it");
    } else {
        text = width() < m_theme.scaled(kCompactBelow)
                   ? tr("Ask anything")
                   : tr("Ask anything, drop a picture or a recording, or hold Space to talk");
    }
    m_edit->setPlaceholderText(text);
    m_edit->viewport()->update(); // it repaints by itself only when it appears or goes
}

} // namespace phial::ui
