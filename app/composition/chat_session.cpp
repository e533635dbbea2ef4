// SPDX-License-Identifier: MIT
// What the user asks for; the engine's replies are in chat_answers.cpp.
#include "app/composition/chat_session.h"

#include <QDateTime>

#include <algorithm>

namespace phial::app {

using conversation::Conversation;
using conversation::Turn;

ChatSession::ChatSession(const Parts& parts, QObject* parent)
    : QObject(parent)
    , m_parts(parts) {
    connect(&parts.engine, &EngineController::progress, this, &ChatSession::onProgress);
    connect(&parts.engine, &EngineController::textAppended, this, &ChatSession::onText);
    connect(&parts.engine, &EngineController::finished, this,
            [this](JobId job, const std::shared_ptr<const tasks::TaskResult>& result) {
                onFinished(job, *result);
            });
    connect(&parts.engine, &EngineController::failed, this, &ChatSession::onFailed);
    connect(&parts.media, &MediaLibrary::draftChanged, this, &ChatSession::onSettled);
    connect(&parts.store, &conversation::ConversationStore::loaded, this,
            [this](const Conversation& loaded) {
                m_parts.list.update(conversation::summaryOf(loaded));
                leaveCurrent();
                show(loaded);
            });
    connect(
        &parts.store, &conversation::ConversationStore::attachmentStored, this,
        [this](const QString& conversationId, const QString& attachmentId, const QString& file) {
            if (isShown(conversationId)) {
                m_parts.messages.setAttachmentFile(
                    attachmentId, file, m_parts.store.attachmentPath(conversationId, file));
                saveShown();
            }
        });
    show(Conversation::create(QDateTime::currentDateTime()));
}

bool ChatSession::submit(const ui::Submission& submission) {
    if (answering() || m_pending) {
        return false;
    }
    if (!m_modelExpected) {
        Q_EMIT modelMissing();
        return false;
    }
    const QList<ui::AttachmentView> draft = m_parts.media.draft();
    const bool reading =
        std::any_of(draft.begin(), draft.end(), [&](const ui::AttachmentView& view) {
            return view.state == ui::AttachmentState::Reading &&
                   submission.attachments.contains(view.id);
        });
    if (reading) {
        m_pending = submission;
        return true;
    }
    return sendNow(submission);
}

void ChatSession::onSettled() {
    if (m_pending) {
        const ui::Submission submission = *m_pending;
        m_pending.reset();
        submit(submission);
    }
}

std::optional<QString> ChatSession::objection(const ui::Submission& submission,
                                              const QList<ui::AttachmentView>& media) const {
    const auto has = [&media](ui::AttachmentKind kind) {
        return std::any_of(media.begin(), media.end(),
                           [kind](const ui::AttachmentView& view) { return view.kind == kind; });
    };
    for (const ui::AttachmentView& view : media) {
        if (view.state == ui::AttachmentState::Problem) {
            return view.problem;
        }
    }
    const auto& info = m_parts.engine.info();
    if (info && has(ui::AttachmentKind::Image) && !info->sees) {
        return tr("The loaded model cannot look at pictures. Remove the picture, or add "
                  "Phi-4-multimodal.");
    }
    if (info && has(ui::AttachmentKind::Audio) && !info->hears) {
        return tr("The loaded model cannot hear recordings. Remove the recording, or add "
                  "Phi-4-multimodal.");
    }
    if (submission.action == ui::Action::Transcribe && !has(ui::AttachmentKind::Audio)) {
        return tr("Transcribe writes down what is said in a recording. Record or add one, or "
                  "choose Ask.");
    }
    if (submission.action == ui::Action::Translate && !has(ui::AttachmentKind::Audio) &&
        submission.text.isEmpty()) {
        return tr("Translate needs a text or a recording.");
    }
    if (submission.action != ui::Action::Ask && has(ui::AttachmentKind::Image)) {
        return tr("Only Ask looks at pictures. Remove the picture, or choose Ask.");
    }
    if (submission.action == ui::Action::Transcribe && !submission.text.isEmpty()) {
        return tr(
            "Transcribe only writes down what is said. Remove the text, or choose Ask to have "
            "it answered.");
    }
    return std::nullopt;
}

bool ChatSession::sendNow(const ui::Submission& submission) {
    QList<ui::AttachmentView> media;
    const QList<ui::AttachmentView> draft = m_parts.media.draft();
    for (const ui::AttachmentView& view : draft) {
        if (submission.attachments.contains(view.id)) {
            media.append(view);
        }
    }
    if (const auto reason = objection(submission, media)) {
        raise(QStringLiteral("send"), tr("This cannot be sent yet."), *reason);
        return false;
    }
    m_parts.media.take(submission.attachments);
    Turn question;
    question.author = ui::Author::User;
    question.action = submission.action;
    question.text = submission.text;
    question.language =
        submission.action == ui::Action::Translate ? submission.language : QString();
    question.time = QDateTime::currentDateTime();
    for (const ui::AttachmentView& view : std::as_const(media)) {
        question.attachments.append({view, QString()});
    }
    auto& messages = m_parts.messages;
    submission.editsMessage.isEmpty() ? messages.append(question)
                                      : messages.appendVariant(submission.editsMessage, question);
    Q_EMIT draftAccepted();
    Q_EMIT noticeSettled(QStringLiteral("send"));
    Q_EMIT noticeSettled(QStringLiteral("context"));
    Turn reply;
    reply.author = ui::Author::Assistant;
    reply.action = question.action;
    reply.language = question.language;
    reply.state = ui::MessageState::Waiting;
    reply.time = question.time;
    const QString answerId = messages.append(reply);
    saveShown();
    storeMedia(media);
    Q_EMIT currentChanged(messages.conversation().id,
                          m_parts.list.titleOf(messages.conversation().id));
    answer(answerId, 0);
    return true;
}

void ChatSession::storeMedia(const QList<ui::AttachmentView>& views) {
    for (const ui::AttachmentView& view : views) {
        m_parts.store.storeAttachment(m_parts.messages.conversation().id, view.id,
                                      m_parts.media.suffixOf(view.id),
                                      m_parts.media.bytesToStore(view.id));
    }
}

void ChatSession::stop() {
    for (auto it = m_running.cbegin(); it != m_running.cend(); ++it) {
        if (isShown(it->conversation)) {
            m_parts.engine.stop(it.key());
        }
    }
}

void ChatSession::regenerate(const QString& answerId) {
    if (answering()) {
        return;
    }
    const Conversation& shown = m_parts.messages.conversation();
    const int index = shown.indexOf(answerId);
    if (index < 0 || shown.turn(index).author != ui::Author::Assistant) {
        return;
    }
    Turn reply;
    reply.author = ui::Author::Assistant;
    reply.action = shown.turn(index).action;
    reply.language = shown.turn(index).language;
    reply.state = ui::MessageState::Waiting;
    reply.time = QDateTime::currentDateTime();
    const QString fresh = m_parts.messages.appendVariant(answerId, reply);
    saveShown();
    answer(fresh, 0);
}

void ChatSession::answerWithoutOldest() {
    const Conversation& shown = m_parts.messages.conversation();
    const QList<int> path = shown.path();
    if (answering() || path.size() < 2) {
        return;
    }
    Turn reply = shown.turn(path.last());
    if (reply.author != ui::Author::Assistant) {
        return;
    }
    const QString before = reply.id;
    reply.text.clear();
    reply.note.clear();
    reply.stats.clear();
    reply.state = ui::MessageState::Waiting;
    reply.time = QDateTime::currentDateTime();
    const QString fresh = m_parts.messages.appendVariant(before, reply);
    const auto earlier = static_cast<int>(path.size()) - 2; // without the question and its answer
    answer(fresh, std::max(1, (earlier / 2 + 1) / 2 * 2));  // whole pairs of turns
}

void ChatSession::edit(const QString& questionId) {
    const Conversation& shown = m_parts.messages.conversation();
    const int index = shown.indexOf(questionId);
    if (index < 0 || answering()) {
        return;
    }
    QList<ui::AttachmentView> views;
    for (const conversation::Attachment& attachment : shown.turn(index).attachments) {
        views.append(attachment.view);
    }
    m_parts.media.addToDraft(views);
    Q_EMIT editBegun(shown.turn(index));
}

void ChatSession::showVariant(const QString& turnId, int step) {
    if (!answering()) {
        m_parts.messages.showVariant(turnId, step);
        saveShown();
    }
}

bool ChatSession::isShown(const QString& conversationId) const {
    return m_parts.messages.conversation().id == conversationId;
}

bool ChatSession::answering() const {
    return std::any_of(m_running.cbegin(), m_running.cend(),
                       [this](const Running& running) { return isShown(running.conversation); });
}

void ChatSession::leaveCurrent() {
    const Conversation& shown = m_parts.messages.conversation();
    if (answering()) {
        m_background.insert(shown.id, shown);
    }
}

void ChatSession::show(Conversation conversation) {
    const QString id = conversation.id;
    m_parts.messages.setConversation(std::move(conversation));
    m_contextTokens = 0;
    Q_EMIT currentChanged(id, m_parts.list.titleOf(id));
    Q_EMIT answeringChanged(answering());
    Q_EMIT contextChanged();
}

void ChatSession::startNew() {
    if (m_parts.messages.rowCount() > 0) {
        leaveCurrent();
        show(Conversation::create(QDateTime::currentDateTime()));
    }
}

void ChatSession::open(const QString& conversationId) {
    if (isShown(conversationId)) {
        return;
    }
    const auto running = m_background.constFind(conversationId);
    if (running != m_background.cend()) {
        const Conversation conversation = *running;
        m_background.remove(conversationId);
        leaveCurrent();
        show(conversation);
    } else {
        m_parts.store.load(conversationId); // ends in loaded()
    }
}

void ChatSession::saveShown() {
    const Conversation& shown = m_parts.messages.conversation();
    if (shown.turns().isEmpty()) {
        return;
    }
    // A name made from a file's name gives way to the first words, once there are some.
    if (shown.title.isEmpty() && conversation::hasWords(shown)) {
        m_parts.messages.setTitle(conversation::makeTitle(shown));
    }
    m_parts.store.save(shown);
    m_parts.list.update(conversation::summaryOf(shown));
}

void ChatSession::rename(const QString& conversationId, const QString& title) {
    if (title.isEmpty()) {
        return;
    }
    if (isShown(conversationId)) {
        m_parts.messages.setTitle(title);
        saveShown();
        Q_EMIT currentChanged(conversationId, title);
    } else {
        m_parts.store.rename(conversationId, title);
    }
}

void ChatSession::remove(const QString& conversationId) {
    if (isShown(conversationId)) {
        stop();
        show(Conversation::create(QDateTime::currentDateTime()));
    }
    const QString title = m_parts.list.titleOf(conversationId);
    m_background.remove(conversationId);
    m_parts.list.remove(conversationId);
    m_parts.store.remove(conversationId);
    m_removed = conversationId;
    ui::NoticeView notice;
    notice.key = QStringLiteral("removed");
    notice.title = tr("“%1” was moved to the trash.").arg(title);
    notice.actions = {ui::NoticeAction::Undo};
    Q_EMIT noticeRaised(notice);
}

void ChatSession::undoRemove() {
    if (!m_removed.isEmpty()) {
        m_parts.store.restore(m_removed);
        m_removed.clear();
    }
}

void ChatSession::raise(const QString& key, const QString& title, const QString& text,
                        const QList<ui::NoticeAction>& actions) {
    ui::NoticeView notice;
    notice.key = key;
    notice.severity = ui::Severity::Warning;
    notice.title = title;
    notice.text = text;
    notice.actions = actions;
    Q_EMIT noticeRaised(notice);
}

} // namespace phial::app
