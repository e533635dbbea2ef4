// SPDX-License-Identifier: MIT
// From a question to a job of the engine, and from its reports to the answer.
#include "app/composition/chat_session.h"
#include "app/composition/views.h"
#include "ui/contracts/languages.h"

#include <algorithm>

namespace phial::app {

using conversation::Conversation;
using conversation::Turn;

namespace {

QList<ui::AttachmentView> mediaOf(const Conversation& conversation, const QList<int>& path) {
    QList<ui::AttachmentView> views;
    for (const int index : path) {
        for (const conversation::Attachment& attachment : conversation.turn(index).attachments) {
            views.append(attachment.view);
        }
    }
    return views;
}

} // namespace

void ChatSession::answer(const QString& answerId, int leaveOut) {
    const Conversation& shown = m_parts.messages.conversation();
    QList<int> path = shown.path();
    path.removeLast(); // the answer itself
    // Waiting for files counts as answering, so that nothing else is sent meanwhile.
    const QString id = shown.id;
    m_parts.media.ensure(mediaOf(shown, path), [this, id, answerId, path,
                                                leaveOut](const QString& problem) {
        if (!isShown(id)) {
            return; // left before its files were read; Answer Again begins anew
        }
        if (problem.isEmpty()) {
            run(answerId, path, leaveOut);
        } else {
            endAnswer(
                {id, answerId},
                {.state = ui::MessageState::Failed, .note = problem, .stats = {}, .tokenIds = {}});
        }
    });
}

void ChatSession::run(const QString& answerId, const QList<int>& path, int leaveOut) {
    const Conversation& shown = m_parts.messages.conversation();
    const Turn& question = shown.turn(path.last());
    const bool dictated =
        question.action == ui::Action::Transcribe && !question.attachments.isEmpty();
    const JobId job = m_parts.engine.submit(taskFor(shown, path, leaveOut),
                                            dictated ? Urgency::Dictation : Urgency::Chat);
    m_running.insert(job, {shown.id, answerId});
    Q_EMIT answeringChanged(true);
    Q_EMIT jobChanged({.text = tr("Waiting for the model"), .fraction = -1});
}

tasks::Task ChatSession::taskFor(const Conversation& conversation, const QList<int>& path,
                                 int leaveOut) const {
    const Turn& question = conversation.turn(path.last());
    const std::string language = ui::englishLanguageName(question.language).toStdString();
    std::vector<tasks::Task> parts;
    if (question.action != ui::Action::Ask) {
        const auto kind = question.action == ui::Action::Transcribe ? tasks::SpeechKind::Transcribe
                                                                    : tasks::SpeechKind::Translate;
        for (const conversation::Attachment& attachment : question.attachments) {
            if (const auto clip = m_parts.media.medium(attachment.view.id).clip) {
                parts.push_back(
                    tasks::speechTask(tasks::soundOf(clip), {.kind = kind, .language = language}));
            }
        }
        if (!question.text.isEmpty()) {
            parts.push_back(
                tasks::requestTask(tasks::translateText(question.text.toStdString(), language)));
        }
        return tasks::inOrder(std::move(parts));
    }
    std::vector<Message> messages;
    for (qsizetype i = leaveOut; i < path.size(); ++i) {
        const Turn& turn = conversation.turn(path[i]);
        Message message;
        message.role = turn.author == ui::Author::User ? Role::User : Role::Assistant;
        message.text = turn.text.toStdString();
        for (const conversation::Attachment& attachment : turn.attachments) {
            const Medium medium = m_parts.media.medium(attachment.view.id);
            if (medium.image) {
                message.images.push_back(medium.image);
            }
            if (medium.clip) {
                message.clips.push_back(medium.clip);
            }
        }
        messages.push_back(std::move(message));
    }
    Sampling sampling;
    sampling.maxTokens = m_options.maxTokens;
    sampling.temperature = m_options.temperature;
    // Asked again, a question gets another number and so another answer.
    sampling.seed = static_cast<std::uint64_t>(conversation.turns().size());
    return tasks::requestTask(tasks::chat(std::move(messages), m_options.instructions, sampling));
}

void ChatSession::onProgress(JobId job, const Progress& progress) {
    const auto running = m_running.constFind(job);
    if (running != m_running.cend()) {
        Q_EMIT jobChanged(answeringJob(progress));
    }
}

void ChatSession::onText(JobId job, const QString& text) {
    const auto running = m_running.constFind(job);
    if (running == m_running.cend()) {
        return;
    }
    if (isShown(running->conversation)) {
        m_parts.messages.appendText(running->answer, text);
        return;
    }
    const auto away = m_background.find(running->conversation);
    if (away != m_background.end()) {
        Turn& turn = away->turn(away->indexOf(running->answer));
        turn.text += text;
        turn.state = ui::MessageState::Streaming;
    }
}

void ChatSession::onFinished(JobId job, const tasks::TaskResult& result) {
    if (!m_running.contains(job)) {
        return;
    }
    const Running running = m_running.take(job);
    const AnswerEnd end = answerEnd(result);
    const std::vector<std::int32_t>& ids = result.generation.tokenIds;
    endAnswer(running, {.state = end.state,
                        .note = end.note,
                        .stats = end.stats,
                        .tokenIds = QList<int>(ids.begin(), ids.end())});
    if (const double speed = tokensPerSecond(result.generation); speed > 0) {
        Q_EMIT speedMeasured(speed);
    }
    if (isShown(running.conversation)) {
        const Usage& usage = result.generation.usage;
        m_contextTokens = usage.promptTokens + usage.completionTokens;
        Q_EMIT contextChanged();
    }
}

void ChatSession::onFailed(JobId job, ErrorCode code, const QString& sentence) {
    if (!m_running.contains(job)) {
        return;
    }
    const Running running = m_running.take(job);
    const bool cancelled = code == ErrorCode::Cancelled;
    endAnswer(running, {.state = cancelled ? ui::MessageState::Stopped : ui::MessageState::Failed,
                        .note = cancelled ? QString() : sentence,
                        .stats = {}});
    if (code == ErrorCode::ContextOverflow && isShown(running.conversation)) {
        raise(QStringLiteral("context"), tr("The conversation no longer fits the model's memory."),
              sentence, {ui::NoticeAction::DropOldest, ui::NoticeAction::NewConversation});
    }
}

void ChatSession::endAnswer(const Running& running,
                            const conversation::ConversationModel::Ending& ending) {
    if (isShown(running.conversation)) {
        m_parts.messages.setState(running.answer, ending);
        saveShown();
        Q_EMIT answeringChanged(answering());
        Q_EMIT currentChanged(running.conversation, m_parts.list.titleOf(running.conversation));
    } else if (const auto away = m_background.find(running.conversation);
               away != m_background.end()) {
        Turn& turn = away->turn(away->indexOf(running.answer));
        turn.state = ending.state;
        turn.note = ending.note;
        turn.stats = ending.stats;
        turn.tokenIds = ending.tokenIds;
        m_parts.store.save(*away);
        m_parts.list.update(conversation::summaryOf(*away));
        m_background.erase(away);
    }
    if (m_running.isEmpty()) {
        Q_EMIT jobChanged({});
    }
}

} // namespace phial::app
