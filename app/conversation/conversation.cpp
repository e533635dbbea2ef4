// SPDX-License-Identifier: MIT
#include "app/conversation/conversation.h"

#include <QUuid>

#include <algorithm>

namespace phial::conversation {
namespace {

constexpr int kTitleLength = 60;

QString firstWords(const QString& text) {
    const QString line = text.simplified();
    if (line.size() <= kTitleLength) {
        return line;
    }
    const qsizetype space = line.lastIndexOf(u' ', kTitleLength);
    return line.left(space > kTitleLength / 2 ? space : kTitleLength) + u'…';
}

} // namespace

Conversation Conversation::create(const QDateTime& now) {
    Conversation conversation;
    conversation.id = makeId();
    conversation.created = now;
    conversation.updated = now;
    return conversation;
}

int Conversation::add(Turn turn, int parent) {
    const auto index = static_cast<int>(m_turns.size());
    turn.parent = parent;
    turn.chosenChild = -1;
    m_turns.append(std::move(turn));
    choose(index);
    return index;
}

QList<int> Conversation::path() const {
    QList<int> path;
    for (int index = m_root; index >= 0; index = m_turns[index].chosenChild) {
        path.append(index);
    }
    return path;
}

QList<int> Conversation::variants(int index) const {
    QList<int> same;
    for (int i = 0; i < m_turns.size(); ++i) {
        if (m_turns[i].parent == m_turns[index].parent) {
            same.append(i);
        }
    }
    return same;
}

void Conversation::choose(int index) {
    for (int child = index; child >= 0; child = m_turns[child].parent) {
        const int parent = m_turns[child].parent;
        (parent < 0 ? m_root : m_turns[parent].chosenChild) = child;
    }
}

int Conversation::indexOf(const QString& turnId) const {
    for (int i = 0; i < m_turns.size(); ++i) {
        if (m_turns[i].id == turnId) {
            return i;
        }
    }
    return -1;
}

void Conversation::restore(QList<Turn> turns, int root) {
    m_turns = std::move(turns);
    m_root = root;
}

QString makeTitle(const Conversation& conversation) {
    for (const ui::Author author : {ui::Author::User, ui::Author::Assistant}) {
        for (const Turn& turn : conversation.turns()) {
            if (turn.author == author && !turn.text.trimmed().isEmpty()) {
                return firstWords(turn.text);
            }
        }
    }
    for (const Turn& turn : conversation.turns()) {
        if (!turn.attachments.isEmpty()) {
            return firstWords(turn.attachments.first().view.name);
        }
    }
    return {};
}

bool hasWords(const Conversation& conversation) {
    const QList<Turn>& turns = conversation.turns();
    return std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return !turn.text.trimmed().isEmpty(); });
}

QString makeId() {
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

} // namespace phial::conversation
