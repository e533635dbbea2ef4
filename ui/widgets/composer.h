// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/intents.h"
#include "ui/widgets/action_selector.h"

#include <QElapsedTimer>
#include <QFrame>
#include <QTimer>

class QLabel;
class QMenu;
class QToolButton;

namespace phial::ui {

class AttachmentChip;
class CaptureBar;
class ComposerEdit;
class ContextBar;
class FlowLayout;
class Theme;

/// Where a message is made: attachments, text, action, microphone, send. Emits what the user wants
/// and shows what the application says; clears itself only when told to.
class Composer : public QFrame {
    Q_OBJECT

public:
    explicit Composer(const Theme& theme, QWidget* parent = nullptr);

    Submission draft() const;
    bool empty() const;

    void setText(const QString& text);
    QString draftText() const; ///< as typed, not trimmed
    void setAttachments(const QList<AttachmentView>& attachments);
    void setAction(Action action, const QString& language);
    void setSendKey(SendKey key);
    void setContext(const ContextView& context);
    void setCapture(const CaptureView& capture);
    void setLevel(const LevelView& level);
    void setInputDevices(const QList<InputDeviceView>& devices);
    /// What the loaded model can do, for the placeholder and the microphone's tooltip.
    void setEngine(const DeviceChipState& engine);
    enum class Answering { No, Yes };
    void setAnswering(Answering answering);
    /// The text replaces an earlier question when it is sent.
    void beginEdit(const QString& messageId, const QString& text);
    void endEdit();
    void clearDraft();

    bool capturing() const;
    void focusText();

    /// Push-to-talk from elsewhere in the window (the held Space key).
    void beginHold();
    void endHold();
    /// The key will never be seen to be let go (another window has the focus): the recording is
    /// kept.
    void abandonHold();
    void openInputPicker();
    /// Esc: discards a recording, leaves an edit. False when there was nothing to leave.
    bool escape();

Q_SIGNALS:
    void submitted(const phial::ui::Submission& submission);
    void stopRequested();
    void openFilesRequested();
    void sourcesOffered(const QList<phial::ui::AttachmentSource>& sources);
    void attachmentRemoved(const QString& id);
    void attachmentActivated(const phial::ui::AttachmentView& view);
    void captureStartRequested();
    void captureEndRequested(phial::ui::CaptureEnd end, const phial::ui::Submission& draft);
    void inputDeviceChosen(const QString& id);
    void actionChosen(phial::ui::Action action); ///< by the user, not by setAction()
    void draftChanged(const phial::ui::Submission& draft);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildRows();
    void send();
    void toggleCapture();
    void endCapture(CaptureEnd end);
    void micPressed();
    void micReleased();
    void updateButtons();
    void updatePlaceholder();

    const Theme& m_theme;
    QWidget* m_editBanner;
    QWidget* m_chipArea;
    FlowLayout* m_chipFlow;
    QList<AttachmentChip*> m_chips;
    ComposerEdit* m_edit;
    CaptureBar* m_captureBar;
    QWidget* m_toolRow;
    QToolButton* m_attach;
    ActionSelector* m_actions;
    ContextBar* m_context;
    QToolButton* m_microphone;
    QMenu* m_microphoneMenu;
    QToolButton* m_send;
    DeviceChipState m_engine;
    CaptureView m_capture;
    Answering m_answering = Answering::No;
    QString m_editsMessage;
    QElapsedTimer m_holdClock;
    bool m_holding = false;
};

} // namespace phial::ui
