// SPDX-License-Identifier: MIT
#include "app/conversation/conversation_list.h"

#include <algorithm>

namespace phial::conversation {
namespace {

constexpr int kSnippetLength = 120;

bool newer(const Summary& a, const Summary& b) {
    return a.updated > b.updated;
}

} // namespace

Summary summaryOf(const Conversation& conversation) {
    Summary summary{.id = conversation.id,
                    .title = conversation.title.isEmpty() ? makeTitle(conversation) : conversation.title,
                    .snippet = {},
                    .updated = conversation.updated};
    const QList<int> path = conversation.path();
    if (!path.isEmpty()) {
        summary.snippet = conversation.turn(path.last()).text.simplified().left(kSnippetLength);
    }
    return summary;
}

ConversationList::ConversationList(QObject* parent)
    : QAbstractListModel(parent) {}

int ConversationList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_summaries.size());
}

QVariant ConversationList::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Summary& summary = m_summaries[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return summary.title;
    case ui::ConversationIdRole:
        return summary.id;
    case ui::UpdatedRole:
        return summary.updated;
    case ui::SnippetRole:
        return summary.snippet;
    default:
        return {};
    }
}

void ConversationList::setAll(QList<Summary> summaries) {
    beginResetModel();
    m_summaries = std::move(summaries);
    std::stable_sort(m_summaries.begin(), m_summaries.end(), newer);
    endResetModel();
}

int ConversationList::rowOf(const QString& id) const {
    const auto found = std::find_if(m_summaries.begin(), m_summaries.end(),
                                    [&id](const Summary& summary) { return summary.id == id; });
    return found == m_summaries.end() ? -1 : static_cast<int>(found - m_summaries.begin());
}

void ConversationList::update(const Summary& summary) {
    const int row = rowOf(summary.id);
    const bool inPlace = row >= 0 && m_summaries[row].updated == summary.updated;
    if (inPlace) {
        m_summaries[row] = summary;
        Q_EMIT dataChanged(index(row), index(row));
        return;
    }
    remove(summary.id);
    const auto place = static_cast<int>(
        std::lower_bound(m_summaries.begin(), m_summaries.end(), summary, newer) - m_summaries.begin());
    beginInsertRows({}, place, place);
    m_summaries.insert(place, summary);
    endInsertRows();
}

void ConversationList::remove(const QString& id) {
    if (const int row = rowOf(id); row >= 0) {
        beginRemoveRows({}, row, row);
        m_summaries.removeAt(row);
        endRemoveRows();
    }
}

QString ConversationList::titleOf(const QString& id) const {
    const int row = rowOf(id);
    return row < 0 ? QString() : m_summaries[row].title;
}

} // namespace phial::conversation
