// SPDX-License-Identifier: MIT
#include "app/conversation/conversation_model.h"

#include <algorithm>

namespace phial::conversation {

ConversationModel::ConversationModel(QObject* parent)
    : QAbstractListModel(parent) {}

int ConversationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_path.size());
}

QVariant ConversationModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Turn& turn = m_conversation.turn(m_path[index.row()]);
    switch (role) {
    case Qt::DisplayRole:
    case ui::TextRole:
        return turn.text;
    case ui::IdRole:
        return turn.id;
    case ui::StateRole:
        return static_cast<int>(turn.state);
    case ui::ViewRole:
        return QVariant::fromValue(viewOf(m_path[index.row()]));
    default:
        return {};
    }
}

QHash<int, QByteArray> ConversationModel::roleNames() const {
    QHash<int, QByteArray> names = QAbstractListModel::roleNames();
    names.insert(ui::IdRole, "id");
    names.insert(ui::TextRole, "text");
    names.insert(ui::StateRole, "state");
    names.insert(ui::ViewRole, "view");
    return names;
}

ui::MessageView ConversationModel::viewOf(int turnIndex) const {
    const Turn& turn = m_conversation.turn(turnIndex);
    ui::MessageView view;
    view.id = turn.id;
    view.author = turn.author;
    view.action = turn.action;
    view.state = turn.state;
    view.text = turn.text;
    view.language = turn.language;
    view.note = turn.note;
    view.stats = turn.stats;
    view.tokenIds = turn.tokenIds;
    view.time = turn.time;
    for (const Attachment& attachment : turn.attachments) {
        view.attachments.append(attachment.view);
    }
    const QList<int> variants = m_conversation.variants(turnIndex);
    view.variant = static_cast<int>(variants.indexOf(turnIndex));
    view.variants = static_cast<int>(variants.size());
    return view;
}

void ConversationModel::setConversation(Conversation conversation) {
    beginResetModel();
    m_conversation = std::move(conversation);
    m_path = m_conversation.path();
    endResetModel();
}

void ConversationModel::setTitle(const QString& title) {
    m_conversation.title = title;
}

QString ConversationModel::append(Turn turn) {
    turn.id = makeId();
    const QString id = turn.id;
    m_conversation.updated = turn.time;
    m_conversation.add(std::move(turn), m_path.isEmpty() ? -1 : m_path.last());
    changePath(m_conversation.path());
    return id;
}

QString ConversationModel::appendVariant(const QString& ofTurn, Turn turn) {
    const int sibling = m_conversation.indexOf(ofTurn);
    if (sibling < 0) {
        return append(std::move(turn));
    }
    turn.id = makeId();
    const QString id = turn.id;
    m_conversation.updated = turn.time;
    m_conversation.add(std::move(turn), m_conversation.turn(sibling).parent);
    changePath(m_conversation.path());
    return id;
}

void ConversationModel::showVariant(const QString& turnId, int step) {
    const int index = m_conversation.indexOf(turnId);
    if (index < 0) {
        return;
    }
    const QList<int> variants = m_conversation.variants(index);
    const qsizetype wanted = variants.indexOf(index) + step;
    if (wanted >= 0 && wanted < variants.size()) {
        m_conversation.choose(variants[wanted]);
        changePath(m_conversation.path());
    }
}

// Rows that both paths share stay, so that the view keeps its place.
void ConversationModel::changePath(const QList<int>& path) {
    const auto differs = std::mismatch(m_path.begin(), m_path.end(), path.begin(), path.end());
    const auto common = static_cast<int>(differs.first - m_path.begin());
    const auto before = static_cast<int>(m_path.size());
    const auto after = static_cast<int>(path.size());
    if (common < before) {
        beginRemoveRows({}, common, before - 1);
        m_path.resize(common);
        endRemoveRows();
    }
    if (common < after) {
        beginInsertRows({}, common, after - 1);
        m_path = path;
        endInsertRows();
    }
}

void ConversationModel::changed(int turnIndex, const QList<int>& roles) {
    const auto row = static_cast<int>(m_path.indexOf(turnIndex));
    if (row >= 0) {
        Q_EMIT dataChanged(index(row), index(row), roles);
    }
}

void ConversationModel::appendText(const QString& turnId, const QString& text) {
    const int index = m_conversation.indexOf(turnId);
    if (index < 0 || text.isEmpty()) {
        return;
    }
    Turn& turn = m_conversation.turn(index);
    turn.text += text;
    QList<int> roles = {Qt::DisplayRole, ui::TextRole, ui::ViewRole};
    if (turn.state == ui::MessageState::Waiting) {
        turn.state = ui::MessageState::Streaming;
        roles.append(ui::StateRole);
    }
    changed(index, roles);
}

void ConversationModel::setState(const QString& turnId, const Ending& ending) {
    const int index = m_conversation.indexOf(turnId);
    if (index < 0) {
        return;
    }
    Turn& turn = m_conversation.turn(index);
    turn.state = ending.state;
    turn.note = ending.note;
    turn.stats = ending.stats;
    turn.tokenIds = ending.tokenIds;
    changed(index, {ui::StateRole, ui::ViewRole});
}

void ConversationModel::setAttachmentFile(const QString& attachmentId, const QString& file,
                                          const QString& path) {
    for (int i = 0; i < m_conversation.turns().size(); ++i) {
        for (qsizetype k = 0; k < m_conversation.turn(i).attachments.size(); ++k) {
            if (m_conversation.turn(i).attachments[k].view.id == attachmentId) {
                m_conversation.turn(i).attachments[k].file = file;
                m_conversation.turn(i).attachments[k].view.path = path;
                changed(i, {ui::ViewRole});
            }
        }
    }
}

} // namespace phial::conversation
