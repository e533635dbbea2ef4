// SPDX-License-Identifier: MIT
#include "ui/pages/shortcuts_page.h"

#include "ui/pages/page_frame.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace phial::ui {
namespace {

struct Line {
    QString keys;
    QString meaning;
};

struct Group {
    QString title;
    QList<Line> lines;
};

QString native(const char* keys) {
    return QKeySequence(QString::fromLatin1(keys)).toString(QKeySequence::NativeText);
}

QList<Group> groups() {
    const auto tr = [](const char* text) { return ShortcutsPage::tr(text); };
    return {
        {tr("Message"),
         {{native("Return"), tr("Send (or Ctrl+Enter, as the settings say)")},
          {native("Shift+Return"), tr("New line")},
          {native("Ctrl+O"), tr("Add pictures or recordings")},
          {native("Ctrl+V"), tr("Paste text, a picture or files")},
          {native("Del"), tr("Remove the attachment in focus")},
          {native("Ctrl+L"), tr("Go to the message field")}}},
        {tr("Voice"),
         {{tr("Hold Space"), tr("Talk, and send when let go (outside the message field)")},
          {native("Ctrl+D"), tr("Dictate; again: stop and keep it")},
          {native("Return"), tr("While dictating: stop and send")},
          {native("Esc"), tr("While dictating: discard")}}},
        {tr("Meeting"),
         {{native("Ctrl+R"), tr("Record; again: stop")},
          {native("Ctrl+B"), tr("Bookmark the moment that is being recorded")},
          {native("Ctrl+Shift+O"), tr("Import recordings")},
          {native("Ctrl+Shift+F"), tr("Search all meetings")},
          {native("Ctrl+J"), tr("Queue of work")},
          {native("Space"), tr("Play, pause")},
          {native("Return"), tr("Play from the line")},
          {native("Ctrl+Left") + QStringLiteral(", ") + native("Ctrl+Right"),
           tr("Five seconds back, on")},
          {native("Ctrl+G"), tr("Follow what is played again")},
          {native("Ctrl+F"), tr("Search and replace in the transcript")},
          {native("F2"), tr("Edit the line; Enter divides it, Backspace at its beginning joins")},
          {tr("F2, Ctrl+Enter"), tr("In the summary: edit, save")},
          {native("Ctrl+Z"), tr("Undo")},
          {native("F8"), tr("Show or hide the panel")},
          {native("Ctrl+Shift+E"), tr("Export")}}},
        {tr("Answer"),
         {{native("Esc"), tr("Stop the answer; what is written is kept")},
          {tr("Up, Down"), tr("Go from turn to turn, when the conversation has the focus")},
          {native("Tab"), tr("Then: the buttons of the turn")},
          {native("Ctrl+C"), tr("Copy the selection, or the turn")},
          {tr("Home, End"), tr("First, last turn")}}},
        {tr("Window"),
         {{native("Ctrl+N"), tr("New chat")},
          {native("Ctrl+F"), tr("Search conversations and meetings")},
          {native("Ctrl+M"), tr("Models")},
          {native("F9"), tr("Show or hide the list")},
          {tr("F2, Del"), tr("In the list: rename, delete")},
          {native("Ctrl++"), tr("Larger letters")},
          {native("Ctrl+-"), tr("Smaller letters")},
          {native("Ctrl+0"), tr("Letters as in the system")},
          {native("F10"), tr("Menu")},
          {native("F11"), tr("Full screen")},
          {native("Ctrl+,"), tr("Settings")},
          {native("F1"), tr("This page")},
          {native("Ctrl+Q"), tr("Quit")}}},
    };
}

} // namespace

ShortcutsPage::ShortcutsPage(const Theme& theme, QWidget* parent)
    : QWidget(parent) {
    QVBoxLayout* column =
        makePageFrame(theme, *this, tr("Keyboard"), [this] { Q_EMIT closeRequested(); });
    for (const Group& group : groups()) {
        QLabel* title = makeLabel(theme, group.title, 1.0, this);
        title->setFont(theme.font(1.0, QFont::DemiBold));
        column->addWidget(title);
        auto* panel = new QFrame(this);
        panel->setObjectName(QStringLiteral("panel"));
        auto* grid = new QGridLayout(panel);
        grid->setContentsMargins(16, 10, 16, 10);
        grid->setHorizontalSpacing(20);
        grid->setVerticalSpacing(7);
        grid->setColumnMinimumWidth(0, theme.scaled(140));
        grid->setColumnStretch(1, 1);
        int row = 0;
        for (const Line& line : group.lines) {
            QLabel* keys = makeLabel(theme, line.keys, 0.95, panel);
            keys->setFont(theme.font(0.95, QFont::Medium));
            QLabel* meaning = makeLabel(theme, line.meaning, 0.95, panel);
            meaning->setWordWrap(true);
            setStyleProperty(*meaning, "tone", QStringLiteral("muted"));
            grid->addWidget(keys, row, 0, Qt::AlignTop);
            grid->addWidget(meaning, row, 1);
            ++row;
        }
        column->addWidget(panel);
        column->addSpacing(8);
    }
    column->addStretch(1);
}

} // namespace phial::ui
