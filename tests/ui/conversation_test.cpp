// SPDX-License-Identifier: MIT
#include "app/conversation/conversation_json.h"
#include "app/conversation/conversation_model.h"
#include "app/conversation/conversation_store.h"
#include "inference/base/error.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <random>

namespace phial::conversation {
namespace {

QDateTime someTime() {
    return QDateTime(QDate(2026, 5, 4), QTime(3, 2, 1, 7), Qt::UTC).toLocalTime();
}

Turn turnOf(ui::Author author, const QString& text) {
    Turn turn;
    turn.author = author;
    turn.text = text;
    turn.time = someTime();
    return turn;
}

Turn ask(const QString& text) {
    return turnOf(ui::Author::User, text);
}

Turn reply(const QString& text) {
    return turnOf(ui::Author::Assistant, text);
}

QStringList texts(const ConversationModel& model) {
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row) {
        list.append(model.index(row).data(ui::TextRole).toString());
    }
    return list;
}

TEST(ConversationModel, BehavesAsAModelThroughRandomEdits) {
    ConversationModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setConversation(Conversation::create(someTime()));
    std::mt19937 random(4);
    QStringList ids;
    for (int step = 0; step < 500; ++step) {
        const QString id = ids.isEmpty() ? QString() : ids[static_cast<qsizetype>(random() % static_cast<unsigned>(ids.size()))];
        switch (random() % 6) {
        case 0:
        case 1:
            ids.append(model.append(random() % 2 == 0 ? ask(QString::number(step)) : reply(QString::number(step))));
            break;
        case 2:
            if (!id.isEmpty()) {
                ids.append(model.appendVariant(id, reply(QString::number(step))));
            }
            break;
        case 3:
            model.showVariant(id, random() % 2 == 0 ? 1 : -1);
            break;
        case 4:
            model.appendText(id, QStringLiteral("more"));
            break;
        default:
            model.setState(id, {.state = ui::MessageState::Stopped, .note = {}, .stats = {}});
        }
        ASSERT_EQ(model.rowCount(), model.conversation().path().size());
    }
}

TEST(ConversationModel, RegeneratingAndEditingKeepWhatWasThere) {
    ConversationModel model;
    model.setConversation(Conversation::create(someTime()));
    const QString first = model.append(ask(QStringLiteral("q1")));
    const QString answer = model.append(reply(QStringLiteral("a1")));
    model.append(ask(QStringLiteral("q2")));
    const QString again = model.appendVariant(answer, reply(QStringLiteral("a1b")));
    EXPECT_EQ(texts(model), QStringList({QStringLiteral("q1"), QStringLiteral("a1b")}));
    const auto view = model.index(1).data(ui::ViewRole).value<ui::MessageView>();
    EXPECT_EQ(view.variant, 1);
    EXPECT_EQ(view.variants, 2);
    model.showVariant(again, -1);
    EXPECT_EQ(texts(model), QStringList({QStringLiteral("q1"), QStringLiteral("a1"), QStringLiteral("q2")}));
    model.appendVariant(first, ask(QStringLiteral("q1 edited")));
    EXPECT_EQ(texts(model), QStringList(QStringLiteral("q1 edited")));
}

TEST(ConversationModel, StreamingChangesOneRowAndNamesItsRoles) {
    ConversationModel model;
    model.setConversation(Conversation::create(someTime()));
    model.append(ask(QStringLiteral("q")));
    Turn waiting = reply(QString());
    waiting.state = ui::MessageState::Waiting;
    const QString id = model.append(waiting);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.appendText(id, QStringLiteral("a"));
    model.appendText(id, QStringLiteral("b"));
    ASSERT_EQ(changed.count(), 2);
    EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
    EXPECT_TRUE(changed[0][2].value<QList<int>>().contains(ui::StateRole));
    EXPECT_FALSE(changed[1][2].value<QList<int>>().contains(ui::StateRole));
    EXPECT_EQ(model.index(1).data(ui::StateRole).toInt(), int(ui::MessageState::Streaming));
    model.appendText(QStringLiteral("of a closed conversation"), QStringLiteral("c"));
    EXPECT_EQ(changed.count(), 2);
}

Conversation sample() {
    Conversation conversation = Conversation::create(someTime());
    conversation.title = QStringLiteral("Größe 中文");
    Turn question = ask(QStringLiteral("what is “this”?\n"));
    Attachment attachment;
    attachment.view.id = QStringLiteral("x");
    attachment.view.kind = ui::AttachmentKind::Audio;
    attachment.view.name = QStringLiteral("talk.wav");
    attachment.view.peaks = {0.25F, 0.5F};
    attachment.view.durationMs = 1234;
    attachment.view.tokens = 17;
    attachment.file = QStringLiteral("abc.wav");
    question.attachments.append(attachment);
    question.action = ui::Action::Translate;
    question.language = QStringLiteral("de");
    const int first = conversation.add(question, -1);
    conversation.add(reply(QStringLiteral("one")), first);
    conversation.add(reply(QStringLiteral("two")), first);
    return conversation;
}

TEST(ConversationJson, RoundTripIsLossless) {
    const Conversation before = sample();
    const Conversation after = fromJson(toJson(before), QStringLiteral("f"));
    EXPECT_EQ(toJson(after), toJson(before));
    EXPECT_EQ(after.path(), before.path());
    EXPECT_EQ(after.title, before.title);
    EXPECT_EQ(after.turn(0).attachments.first().view, before.turn(0).attachments.first().view);
    EXPECT_EQ(after.turn(0).time, before.turn(0).time);
}

TEST(ConversationJson, AnAnswerCutOffByACrashIsMarked) {
    Conversation conversation = sample();
    conversation.turn(2).state = ui::MessageState::Streaming;
    EXPECT_EQ(fromJson(toJson(conversation), QStringLiteral("f")).turn(2).state, ui::MessageState::Interrupted);
}

// Damaged files give an error or a conversation, never an endless path or a crash.
TEST(ConversationJson, SurvivesDamagedFiles) {
    const QByteArray good = toJson(sample());
    std::mt19937 random(12);
    int opened = 0;
    for (int round = 0; round < 500; ++round) {
        QByteArray bad = good;
        for (unsigned i = 0; i <= random() % 4; ++i) {
            const auto at = static_cast<qsizetype>(random() % static_cast<unsigned>(bad.size()));
            random() % 3 == 0 ? bad.truncate(at + 1) : static_cast<void>(bad[at] = static_cast<char>('0' + random() % 60));
        }
        try {
            opened += fromJson(bad, QStringLiteral("f")).path().size() <= 3 ? 1 : 0;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
        }
    }
    EXPECT_GT(opened, 0); // damage inside a text still opens
    EXPECT_THROW(fromJson("{\"schema\": 99}", QStringLiteral("f")), Error);
}

class StoreTest : public testing::Test {
protected:
    QTemporaryDir m_folder;
    ConversationStore m_store{m_folder.path()};
};

TEST_F(StoreTest, SavesListsAndLoads) {
    Conversation conversation = sample();
    m_store.save(conversation);
    conversation.turn(2).text = QStringLiteral("changed");
    m_store.save(conversation);
    QSignalSpy listed(&m_store, &ConversationStore::listed);
    QSignalSpy loaded(&m_store, &ConversationStore::loaded);
    m_store.list();
    m_store.load(conversation.id);
    m_store.waitForWrites();
    ASSERT_TRUE(loaded.count() == 1 || loaded.wait());
    const auto summaries = listed.first().first().value<QList<Summary>>();
    ASSERT_EQ(summaries.size(), 1);
    EXPECT_EQ(summaries.first().title, conversation.title);
    EXPECT_EQ(summaries.first().snippet, QStringLiteral("changed"));
    EXPECT_EQ(loaded.first().first().value<Conversation>().turn(2).text, QStringLiteral("changed"));
    // Nothing half written is left beside it.
    EXPECT_EQ(QDir(m_folder.filePath(conversation.id)).entryList(QDir::Files), QStringList(QStringLiteral("conversation.json")));
}

TEST_F(StoreTest, KeepsACopyOfAttachmentsByContent) {
    const Conversation conversation = sample();
    m_store.save(conversation);
    QSignalSpy stored(&m_store, &ConversationStore::attachmentStored);
    for (const char* id : {"one", "two"}) {
        m_store.storeAttachment(conversation.id, QString::fromLatin1(id), QStringLiteral("bin"), [] { return QByteArray("same bytes"); });
    }
    m_store.waitForWrites();
    ASSERT_TRUE(stored.count() == 2 || stored.wait());
    EXPECT_EQ(stored[0][2], stored[1][2]);
    QFile file(m_store.attachmentPath(conversation.id, stored[0][2].toString()));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), QByteArray("same bytes"));
}

TEST_F(StoreTest, DeletingCanBeUndone) {
    const Conversation conversation = sample();
    m_store.save(conversation);
    m_store.remove(conversation.id);
    m_store.waitForWrites();
    EXPECT_FALSE(QDir(m_folder.filePath(conversation.id)).exists());
    QSignalSpy loaded(&m_store, &ConversationStore::loaded);
    m_store.restore(conversation.id);
    m_store.waitForWrites();
    ASSERT_TRUE(loaded.count() == 1 || loaded.wait());
    EXPECT_TRUE(QDir(m_folder.filePath(conversation.id)).exists());
}

TEST_F(StoreTest, ADamagedFileIsNamedAndTheOthersAreListed) {
    m_store.save(sample());
    m_store.waitForWrites();
    QDir(m_folder.path()).mkpath(QStringLiteral("broken"));
    QFile broken(m_folder.filePath(QStringLiteral("broken/conversation.json")));
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write("{ not json");
    broken.close();
    QSignalSpy failed(&m_store, &ConversationStore::failed);
    QSignalSpy listed(&m_store, &ConversationStore::listed);
    m_store.list();
    m_store.waitForWrites();
    ASSERT_TRUE(listed.count() == 1 || listed.wait());
    ASSERT_EQ(failed.count(), 1);
    EXPECT_TRUE(failed.first().first().toString().contains(QStringLiteral("broken")));
    EXPECT_EQ(listed.first().first().value<QList<Summary>>().size(), 1);
}

TEST_F(StoreTest, AnUnwritableFolderIsReported) {
    ConversationStore store(QStringLiteral("/proc/nowhere"));
    QSignalSpy failed(&store, &ConversationStore::failed);
    store.save(sample());
    store.waitForWrites();
    ASSERT_TRUE(failed.count() == 1 || failed.wait());
    EXPECT_TRUE(failed.first().first().toString().contains(QStringLiteral("/proc/nowhere")));
}

TEST(ConversationList, KeepsTheNewestFirst) {
    ConversationList list;
    const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto make = [](const char* id, int hour) {
        return Summary{QString::fromLatin1(id), QString::fromLatin1(id), QString(), someTime().addSecs(3600 * hour)};
    };
    list.setAll({make("a", 1), make("c", 3), make("b", 2)});
    EXPECT_EQ(list.index(0).data(ui::ConversationIdRole).toString(), QStringLiteral("c"));
    list.update(make("a", 9));
    EXPECT_EQ(list.index(0).data(ui::ConversationIdRole).toString(), QStringLiteral("a"));
    list.update(make("d", 0));
    EXPECT_EQ(list.index(3).data(ui::ConversationIdRole).toString(), QStringLiteral("d"));
    list.remove(QStringLiteral("c"));
    EXPECT_EQ(list.rowCount(), 3);
}

} // namespace
} // namespace phial::conversation
