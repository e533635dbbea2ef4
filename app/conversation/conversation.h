// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace phial::conversation {

/// A picture or recording of a turn.
struct Attachment {
    ui::AttachmentView view;
    QString file; ///< name in the conversation's attachments folder; empty until it is stored
};

/// One turn. Turns form a tree: editing a question or asking again adds a sibling, nothing is ever
/// overwritten.
struct Turn {
    QString id;
    int parent = -1;      ///< index of the turn it follows; -1 = begins the conversation
    int chosenChild = -1; ///< index of the turn that follows on the shown path; -1 = none
    ui::Author author = ui::Author::User;
    ui::Action action = ui::Action::Ask;
    ui::MessageState state = ui::MessageState::Done;
    QString text;
    QString language;
    QString note;
    QString stats;
    QList<int> tokenIds; ///< what the model wrote, the end token included: the exact form of `text`
    QDateTime time;
    QList<Attachment> attachments;
};

/// A conversation: the tree of its turns and the path that is shown. A value; cheap to copy.
class Conversation {
public:
    /// A new, empty one with a fresh id.
    static Conversation create(const QDateTime& now);

    QString id;
    QString title;
    QDateTime created;
    QDateTime updated;

    const QList<Turn>& turns() const { return m_turns; }

    Turn& turn(int index) { return m_turns[index]; }

    const Turn& turn(int index) const { return m_turns[index]; }

    /// Adds a turn after `parent` (-1: at the beginning) and puts it on the shown path.
    int add(Turn turn, int parent);

    /// Indices of the shown turns, first to last.
    QList<int> path() const;

    /// Turns with the same parent, oldest first, `index` among them.
    QList<int> variants(int index) const;

    /// Puts a turn on the shown path, and below it what was shown there last.
    void choose(int index);

    int indexOf(const QString& turnId) const; ///< -1 when unknown

    /// For reading a file: turns in order, parents before their children.
    void restore(QList<Turn> turns, int root);

    int root() const { return m_root; }

private:
    QList<Turn> m_turns;
    int m_root = -1; // first turn of the shown path
};

/// First words of the first question, or of the first answer when nothing was written.
QString makeTitle(const Conversation& conversation);

/// Whether something was written, by either side.
bool hasWords(const Conversation& conversation);

/// A fresh id, unique on this computer.
QString makeId();

} // namespace phial::conversation
