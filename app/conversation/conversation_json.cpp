// SPDX-License-Identifier: MIT
#include "app/conversation/conversation_json.h"

#include "inference/base/error.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <utility>

namespace phial::conversation {
namespace {

// Words in the file, so that reordering an enum never changes what old files mean.
template <typename Enum, std::size_t n>
using Words = std::array<std::pair<Enum, const char*>, n>;

constexpr Words<ui::Author, 2> kAuthors = {
    {{ui::Author::User, "user"}, {ui::Author::Assistant, "assistant"}}};
constexpr Words<ui::Action, 3> kActions = {{{ui::Action::Ask, "ask"},
                                            {ui::Action::Transcribe, "transcribe"},
                                            {ui::Action::Translate, "translate"}}};
constexpr Words<ui::MessageState, 7> kStates = {{{ui::MessageState::Waiting, "waiting"},
                                                 {ui::MessageState::Streaming, "streaming"},
                                                 {ui::MessageState::Done, "done"},
                                                 {ui::MessageState::Stopped, "stopped"},
                                                 {ui::MessageState::Shortened, "shortened"},
                                                 {ui::MessageState::Interrupted, "interrupted"},
                                                 {ui::MessageState::Failed, "failed"}}};
constexpr Words<ui::AttachmentKind, 2> kKinds = {
    {{ui::AttachmentKind::Image, "image"}, {ui::AttachmentKind::Audio, "audio"}}};

template <typename Enum, std::size_t n>
QString wordOf(const Words<Enum, n>& words, Enum value) {
    for (const auto& [known, word] : words) {
        if (known == value) {
            return QString::fromLatin1(word);
        }
    }
    return {};
}

template <typename Enum, std::size_t n>
Enum valueOf(const Words<Enum, n>& words, const QString& text, Enum fallback) {
    for (const auto& [known, word] : words) {
        if (text == QLatin1String(word)) {
            return known;
        }
    }
    return fallback;
}

QString key(const char* name) {
    return QString::fromLatin1(name);
}

QJsonObject write(const Attachment& attachment) {
    const ui::AttachmentView& view = attachment.view;
    QJsonArray peaks;
    for (const float peak : view.peaks) {
        peaks.append(qRound(peak * 1000) / 1000.0);
    }
    return {{key("id"), view.id},
            {key("kind"), wordOf(kKinds, view.kind)},
            {key("name"), view.name},
            {key("detail"), view.detail},
            {key("file"), attachment.file},
            {key("thumbnail"), QString::fromLatin1(view.thumbnail.toBase64())},
            {key("peaks"), peaks},
            {key("duration_ms"), view.durationMs},
            {key("tokens"), view.tokens}};
}

Attachment readAttachment(const QJsonObject& json) {
    Attachment attachment;
    ui::AttachmentView& view = attachment.view;
    view.id = json[key("id")].toString();
    view.kind = valueOf(kKinds, json[key("kind")].toString(), ui::AttachmentKind::Image);
    view.name = json[key("name")].toString();
    view.detail = json[key("detail")].toString();
    view.thumbnail = QByteArray::fromBase64(json[key("thumbnail")].toString().toLatin1());
    const QJsonArray peaks = json[key("peaks")].toArray();
    for (const QJsonValue& peak : peaks) {
        view.peaks.append(static_cast<float>(peak.toDouble()));
    }
    view.durationMs = static_cast<qint64>(json[key("duration_ms")].toDouble());
    view.tokens = json[key("tokens")].toInt(-1);
    attachment.file = json[key("file")].toString();
    return attachment;
}

QJsonObject write(const Turn& turn) {
    QJsonArray attachments;
    for (const Attachment& attachment : turn.attachments) {
        attachments.append(write(attachment));
    }
    QJsonArray tokenIds;
    for (const int id : turn.tokenIds) {
        tokenIds.append(id);
    }
    return {{key("id"), turn.id},
            {key("parent"), turn.parent},
            {key("chosen_child"), turn.chosenChild},
            {key("author"), wordOf(kAuthors, turn.author)},
            {key("action"), wordOf(kActions, turn.action)},
            {key("state"), wordOf(kStates, turn.state)},
            {key("text"), turn.text},
            {key("language"), turn.language},
            {key("note"), turn.note},
            {key("stats"), turn.stats},
            {key("token_ids"), tokenIds},
            {key("time"), turn.time.toUTC().toString(Qt::ISODateWithMs)},
            {key("attachments"), attachments}};
}

QDateTime readTime(const QJsonValue& value) {
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toLocalTime();
}

Turn readTurn(const QJsonObject& json) {
    Turn turn;
    turn.id = json[key("id")].toString();
    turn.parent = json[key("parent")].toInt(-1);
    turn.chosenChild = json[key("chosen_child")].toInt(-1);
    turn.author = valueOf(kAuthors, json[key("author")].toString(), ui::Author::User);
    turn.action = valueOf(kActions, json[key("action")].toString(), ui::Action::Ask);
    turn.state = valueOf(kStates, json[key("state")].toString(), ui::MessageState::Done);
    if (turn.state == ui::MessageState::Waiting || turn.state == ui::MessageState::Streaming) {
        turn.state = ui::MessageState::Interrupted;
    }
    turn.text = json[key("text")].toString();
    turn.language = json[key("language")].toString();
    turn.note = json[key("note")].toString();
    turn.stats = json[key("stats")].toString();
    const QJsonArray tokenIds = json[key("token_ids")].toArray();
    for (const QJsonValue& id : tokenIds) {
        turn.tokenIds.append(id.toInt());
    }
    turn.time = readTime(json[key("time")]);
    const QJsonArray attachments = json[key("attachments")].toArray();
    for (const QJsonValue& attachment : attachments) {
        turn.attachments.append(readAttachment(attachment.toObject()));
    }
    return turn;
}

// A link that points outside, backwards or to another parent would make the path endless.
bool linksHold(const QList<Turn>& turns, int root) {
    for (int i = 0; i < turns.size(); ++i) {
        const int child = turns[i].chosenChild;
        if (turns[i].parent >= i || turns[i].parent < -1 || child >= turns.size() || child < -1 ||
            (child >= 0 && turns[child].parent != i)) {
            return false;
        }
    }
    return root >= -1 && root < turns.size() && (root < 0 || turns[root].parent == -1);
}

} // namespace

QByteArray toJson(const Conversation& conversation) {
    QJsonArray turns;
    for (const Turn& turn : conversation.turns()) {
        turns.append(write(turn));
    }
    const QJsonObject root = {
        {key("schema"), kSchema},
        {key("id"), conversation.id},
        {key("title"), conversation.title},
        {key("created"), conversation.created.toUTC().toString(Qt::ISODateWithMs)},
        {key("updated"), conversation.updated.toUTC().toString(Qt::ISODateWithMs)},
        {key("root"), conversation.root()},
        {key("turns"), turns}};
    return QJsonDocument(root).toJson();
}

Conversation fromJson(const QByteArray& json, const QString& name) {
    QJsonParseError parse;
    const QJsonObject object = QJsonDocument::fromJson(json, &parse).object();
    const auto fail = [&name](const QString& why) {
        throw Error(ErrorCode::FileUnreadable,
                    QStringLiteral("“%1” cannot be opened as a conversation: %2.")
                        .arg(name, why)
                        .toStdString());
    };
    if (parse.error != QJsonParseError::NoError) {
        fail(QStringLiteral("it is damaged (%1)").arg(parse.errorString()));
    }
    const int schema = object[key("schema")].toInt(-1);
    if (schema != kSchema) {
        fail(schema > kSchema
                 ? QStringLiteral("it was written by a newer Phial (version %1, this one reads %2)")
                       .arg(schema)
                       .arg(kSchema)
                 : QStringLiteral("it has no version number"));
    }
    Conversation conversation;
    conversation.id = object[key("id")].toString();
    conversation.title = object[key("title")].toString();
    conversation.created = readTime(object[key("created")]);
    conversation.updated = readTime(object[key("updated")]);
    QList<Turn> turns;
    const QJsonArray array = object[key("turns")].toArray();
    for (const QJsonValue& turn : array) {
        turns.append(readTurn(turn.toObject()));
    }
    const int root = object[key("root")].toInt(-1);
    if (conversation.id.isEmpty() || !linksHold(turns, root)) {
        fail(QStringLiteral("its turns do not fit together"));
    }
    conversation.restore(std::move(turns), root);
    return conversation;
}

} // namespace phial::conversation
