// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/media_library.h"
#include "app/conversation/conversation_model.h"
#include "app/conversation/conversation_store.h"
#include "app/engine/engine_controller.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/intents.h"
#include "ui/contracts/notice_view.h"

#include <QHash>
#include <QObject>

#include <optional>
#include <string>
#include <utility>

namespace phial::app {

/// Questions and answers: turns what the composer sends into turns of the conversation and jobs of
/// the engine, and their results into text. Answers go on while another conversation is shown. GUI
/// thread; what it is given must outlive it.
class ChatSession : public QObject {
    Q_OBJECT

public:
    struct Parts {
        EngineController& engine;
        MediaLibrary& media;
        conversation::ConversationModel& messages;
        conversation::ConversationList& list;
        conversation::ConversationStore& store;
    };

    /// What the user wants of every answer to a question.
    struct AnswerOptions {
        std::string instructions; ///< stand before the conversation; empty = none
        int maxTokens = Sampling{}.maxTokens;
        float temperature = 0;
    };

    explicit ChatSession(const Parts& parts, QObject* parent = nullptr);

    /// False when it cannot be sent; a notice then says why. Waits for chips that are still read.
    bool submit(const ui::Submission& submission);
    void stop(); ///< the answer of the shown conversation
    void regenerate(const QString& answerId);
    void edit(const QString& questionId);
    void showVariant(const QString& turnId, int step);
    /// Answers the last question again without the older half of the turns before it.
    void answerWithoutOldest();

    void startNew();
    void open(const QString& conversationId);
    void rename(const QString& conversationId, const QString& title);
    void remove(const QString& conversationId);
    void undoRemove();

    void setAnswerOptions(AnswerOptions options) { m_options = std::move(options); }

    /// A model is loaded or being loaded, so that questions can be put.
    void setModelExpected(bool expected) { m_modelExpected = expected; }

    bool answering() const; ///< in the shown conversation

    int contextTokens() const { return m_contextTokens; }

Q_SIGNALS:
    void modelMissing();  ///< something was sent, but no model is loaded or being loaded
    void draftAccepted(); ///< the composer can be cleared
    void editBegun(const phial::conversation::Turn& question);
    void answeringChanged(bool answering);
    void jobChanged(const phial::ui::JobView& job);
    void noticeRaised(const phial::ui::NoticeView& notice);
    void noticeSettled(const QString& key); ///< it is no longer true
    void currentChanged(const QString& id, const QString& title);
    void speedMeasured(double tokensPerSecond);
    void contextChanged();

private:
    struct Running {
        QString conversation;
        QString answer;
    };

    void onSettled();
    bool sendNow(const ui::Submission& submission);
    void answer(const QString& answerId, int leaveOut);
    void run(const QString& answerId, const QList<int>& path, int leaveOut);
    tasks::Task taskFor(const conversation::Conversation& conversation, const QList<int>& path,
                        int leaveOut) const;
    std::optional<QString> objection(const ui::Submission& submission,
                                     const QList<ui::AttachmentView>& media) const;

    void onProgress(JobId job, const Progress& progress);
    void onText(JobId job, const QString& text);
    void onFinished(JobId job, const tasks::TaskResult& result);
    void onFailed(JobId job, ErrorCode code, const QString& sentence);
    void endAnswer(const Running& running, const conversation::ConversationModel::Ending& ending);

    bool isShown(const QString& conversationId) const;
    void leaveCurrent();
    void show(conversation::Conversation conversation);
    void saveShown();
    void storeMedia(const QList<ui::AttachmentView>& views);
    void raise(const QString& key, const QString& title, const QString& text,
               const QList<ui::NoticeAction>& actions = {});

    Parts m_parts;
    AnswerOptions m_options;
    QHash<JobId, Running> m_running;
    QHash<QString, conversation::Conversation> m_background; ///< being answered, not shown
    std::optional<ui::Submission> m_pending;                 ///< waits for its chips
    QString m_removed;
    bool m_modelExpected = false;
    int m_contextTokens = 0;
};

} // namespace phial::app
