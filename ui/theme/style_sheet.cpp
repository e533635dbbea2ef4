// SPDX-License-Identifier: MIT
#include "ui/theme/theme.h"

#include <QString>

#include <utility>

namespace phial::ui {
namespace {

// Names of colours stand as $name; sizes of letters follow the application's font. Widgets are
// addressed by a dynamic property "look", so that one look serves several widgets.
constexpr auto kSheet = R"(
QToolTip { background: $text; color: $window; border: none; padding: 4px 6px; }

QMenu { background: $surface; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 5px; color: $text; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QMenu::item:checkable { padding-left: 28px; }

*[look="plain"] { border: 1px solid transparent; border-radius: 7px; background: transparent; padding: 5px; color: $text; }
*[look="plain"]:hover { background: $hover; }
*[look="plain"]:pressed, *[look="plain"]:checked { background: $selected; }
*[look="plain"]:focus { border: 2px solid $focus; padding: 4px; }
*[look="plain"]:disabled { color: $controlBorder; }
*[look="plain"]::menu-indicator { image: none; width: 0; }

*[look="outlined"] { border: 1px solid $controlBorder; border-radius: 7px; background: $surface; padding: 6px 12px; color: $text; }
*[look="outlined"]:hover { background: $hover; }
*[look="outlined"]:focus { border: 2px solid $focus; padding: 5px 11px; }
*[look="outlined"]:disabled { color: $controlBorder; border-color: $border; }
*[look="outlined"]::menu-indicator { image: none; width: 0; }

*[look="primary"] { border: 1px solid $accent; border-radius: 7px; background: $accent; padding: 6px 14px; color: $onAccent; }
*[look="primary"]:hover { background: $accent; border-color: $text; }
*[look="primary"]:focus { border: 2px solid $text; padding: 5px 13px; }
*[look="primary"]:disabled { background: $hover; border-color: $border; color: $muted; }

*[look="send"] { border: 2px solid transparent; border-radius: 17px; background: $accent; color: $onAccent; }
*[look="send"]:hover { border-color: $focus; }
*[look="send"]:focus { border-color: $text; }
*[look="send"]:disabled { background: $hover; }

*[look="round"] { border: 2px solid transparent; border-radius: 17px; background: transparent; }
*[look="round"]:hover { background: $hover; }
*[look="round"]:focus { border-color: $focus; }

*[look="segment"] { border: 1px solid transparent; border-radius: 6px; background: transparent; padding: 3px 2px 3px 8px; color: $muted; }
*[look="segment"]:hover { background: $hover; color: $text; }
*[look="segment"]:checked { background: $accentSoft; color: $text; border-color: $accent; }
*[look="segment"]:focus { border: 2px solid $focus; padding: 2px 1px 2px 7px; }
*[look="segment"]::menu-indicator { image: none; width: 0; }

*[look="glyph"] { border: 1px solid transparent; border-radius: 6px; background: transparent; padding: 4px; color: $muted; }
*[look="glyph"]:hover { background: $hover; color: $text; }
*[look="glyph"]:checked { background: $accentSoft; color: $text; border-color: $accent; }
*[look="glyph"]:focus { border: 2px solid $focus; padding: 3px; }
*[look="arrow"] { border: 1px solid transparent; border-radius: 6px; background: transparent; padding: 3px 1px 3px 2px; color: $muted; }
*[look="arrow"]:hover { background: $hover; color: $text; }
*[look="arrow"]:focus { border: 2px solid $focus; padding: 2px 0px 2px 1px; }
*[look="arrow"]::menu-indicator { image: none; width: 0; }

*[look="card"] { border: 1px solid $border; border-radius: 12px; background: $surface; color: $text; text-align: left; }
*[look="card"]:hover { border-color: $controlBorder; background: $surface; }
*[look="card"]:focus { border: 2px solid $focus; }

*[look="chip"] { border: 1px solid $border; border-radius: 13px; background: $surface; padding: 3px 3px 3px 9px; color: $text; }
*[look="chip"]:hover { background: $hover; }
*[look="chip"]:focus { border: 2px solid $focus; padding: 2px 2px 2px 8px; }
*[look="chip"][tone="warning"] { background: $amberSoft; border-color: $amber; color: $amber; }
*[look="chip"][tone="danger"] { background: $dangerSoft; border-color: $danger; color: $danger; }
*[look="chip"]::menu-indicator { image: none; width: 0; }

*[look="link"] { border: none; background: transparent; color: $accent; padding: 2px 3px; text-decoration: underline; }
*[look="link"]:hover { color: $text; }
*[look="link"]:disabled { color: $muted; text-decoration: none; }
*[look="link"]:focus { border: 2px solid $focus; border-radius: 5px; padding: 0px 1px; }

*[look="statusButton"] { border: 1px solid transparent; border-radius: 5px; background: transparent; color: $muted; padding: 1px 5px; text-align: left; }
*[look="statusButton"]:hover { background: $hover; color: $text; }
*[look="statusButton"]:focus { border: 2px solid $focus; padding: 0px 4px; }

*[tone="muted"] { color: $muted; }
*[tone="live"], *[tone="danger"] { color: $danger; }
*[tone="good"] { color: $accent; }
*[tone="warning"] { color: $amber; }

QLineEdit { border: 1px solid $controlBorder; border-radius: 7px; background: $surface; padding: 5px 8px; color: $text;
  selection-background-color: $selection; selection-color: $text; }
QLineEdit:focus { border: 2px solid $focus; padding: 4px 7px; }

#sidebar { background: $sidebar; border: none; }
#sidebar *[look="outlined"] { border-color: $border; }
#sidebar *[look="outlined"]:focus { border-color: $focus; }
#sidebar QListView { background: transparent; border: none; outline: none; }
#titleStrip, #statusLine { background: $window; border: none; }
#titleStrip[recording="true"], #recordingBar { background: $dangerSoft; }
#recordingBar { border: none; border-bottom: 1px solid $danger; }
#sidePanel { background: $sidebar; border: none; }
#transcript, #timedText { background: transparent; border: none; color: $text; }
#lineEditor, #notes, #summaryEditor { background: $surface; border: 1px solid $controlBorder; border-radius: 6px; color: $text;
  selection-background-color: $selection; selection-color: $text; }
#lineEditor:focus, #notes:focus, #summaryEditor:focus { border: 2px solid $focus; }
#timedText:focus { border: 2px solid $focus; border-radius: 6px; }
#trashList, #modelList { background: $surface; border: 1px solid $border; border-radius: 8px; color: $text; }
#trashList::item, #modelList::item { padding: 8px; border: 1px solid transparent; }
#modelList { outline: none; }
#modelList:focus { border: 2px solid $focus; }
#hits { background: transparent; border: none; }
#trashList::item:selected, #modelList::item:selected { background: $selected; color: $text; }
QDialog { background: $window; color: $text; }
QDialog QListView { background: transparent; border: none; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 9px; border: 2px solid transparent; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar:focus { outline: none; }
QTabBar::tab:focus { border: 2px solid $focus; border-radius: 5px; }
QCheckBox { color: $text; spacing: 8px; }
QCheckBox:disabled { color: $muted; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $controlBorder; border-radius: 4px; background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url(:/phial/icons/checked-$mark.svg); }
QCheckBox::indicator:focus { border: 2px solid $focus; width: 14px; height: 14px; }
QCheckBox::indicator:disabled { border-color: $border; background: $hover; }
QComboBox { border: 1px solid $controlBorder; border-radius: 7px; background: $surface; padding: 4px 6px; color: $text; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(:/phial/icons/combo-arrow.svg); width: 14px; height: 14px; }
QComboBox:focus { border: 2px solid $focus; padding: 3px 5px; }
QComboBox:disabled { color: $muted; border-color: $border; }
QComboBox QAbstractItemView { background: $surface; color: $text; selection-background-color: $hover; selection-color: $text; border: 1px solid $border; }
#titleLabel { color: $text; }
#page { background: $window; }
#composer { background: $surface; border: 1px solid $controlBorder; border-radius: 14px; }
#composer[focused="true"] { border: 2px solid $focus; }
#composerText { background: transparent; border: none; color: $text; selection-background-color: $selection; selection-color: $text; }
#notice { border-radius: 9px; border: 1px solid $border; background: $accentSoft; }
#notice[tone="warning"] { background: $amberSoft; border-color: $amber; }
#notice[tone="danger"] { background: $dangerSoft; border-color: $danger; }
#panel { background: $surface; border: 1px solid $border; border-radius: 12px; }
#messageTools { background: transparent; border: none; }
#jump { background: $surface; border: 1px solid $controlBorder; border-radius: 17px; }
#jump:focus { border: 2px solid $focus; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $controlBorder; border-radius: 4px; min-height: 32px; margin: 2px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none; height: 0; width: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $controlBorder; border-radius: 4px; min-width: 32px; margin: 2px; }

QProgressBar { border: none; border-radius: 3px; background: $hover; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QSplitter::handle { background: $border; }
)";

} // namespace

QString makeStyleSheet(const Colors& c) {
    QString sheet = QString::fromLatin1(kSheet);
    const std::pair<const char*, QColor> names[] = {
        // Longer names first: $accentSoft must not be read as $accent followed by "Soft".
        {"accentSoft", c.accentSoft}, {"amberSoft", c.amberSoft},
        {"dangerSoft", c.dangerSoft}, {"controlBorder", c.controlBorder},
        {"selection", c.selection},   {"selected", c.selected},
        {"onAccent", c.onAccent},     {"surface", c.surface},
        {"sidebar", c.sidebar},       {"window", c.window},
        {"border", c.border},         {"accent", c.accent},
        {"danger", c.danger},         {"hover", c.hover},
        {"muted", c.muted},           {"amber", c.amber},
        {"focus", c.focus},           {"text", c.text},
    };
    const bool dark = c.window.lightness() < 128;
    sheet.replace(QStringLiteral("$mark"), dark ? QStringLiteral("dark") : QStringLiteral("light"));
    for (const auto& [name, color] : names) {
        sheet.replace(QLatin1Char('$') + QLatin1String(name), color.name());
    }
    return sheet;
}

} // namespace phial::ui
