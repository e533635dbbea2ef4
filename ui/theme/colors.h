// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPalette>

namespace phial::ui {

/// The window's colours by meaning. Every pair of text and ground named in tests/ui has a contrast of
/// at least 4.5:1, controls at least 3:1 (WCAG 2.1).
struct Colors {
    QColor window;        ///< ground of the conversation
    QColor surface;       ///< cards, composer, menus
    QColor sidebar;       ///<
    QColor hover;         ///< under the pointer
    QColor selected;      ///< chosen row
    QColor border;        ///< separates, carries no meaning
    QColor controlBorder; ///< outline of inputs
    QColor text;          ///<
    QColor muted;         ///< secondary text
    QColor accent;        ///< primary button, links, level meter
    QColor onAccent;      ///< text on accent
    QColor accentSoft;    ///< tinted ground
    QColor bubble;        ///< ground of the user's turns
    QColor code;          ///< ground of code
    QColor amber;         ///< warning text and outline
    QColor amberSoft;     ///< warning ground
    QColor danger;        ///< error text, recording
    QColor onDanger;      ///<
    QColor dangerSoft;    ///< error ground
    QColor focus;         ///< focus ring
    QColor selection;     ///< ground of selected text
    QColor keyword, literal, comment, number; ///< in code
};

const Colors& lightColors();
const Colors& darkColors();

QPalette makePalette(const Colors& colors);

/// Contrast ratio of two opaque colours, 1 to 21. Source: WCAG 2.1, relative luminance.
double contrastRatio(const QColor& a, const QColor& b);

} // namespace phial::ui
