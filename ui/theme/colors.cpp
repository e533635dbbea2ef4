// SPDX-License-Identifier: MIT
#include "ui/theme/colors.h"

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

QColor rgb(QRgb value) {
    return QColor(value);
}

Colors makeLight() {
    return {
        .window = rgb(0xfaf9f7),
        .surface = rgb(0xffffff),
        .sidebar = rgb(0xf1efeb),
        .hover = rgb(0xe7e4de),
        .selected = rgb(0xdde8e5),
        .border = rgb(0xe0dcd4),
        .controlBorder = rgb(0x8b867c),
        .text = rgb(0x1f1e1b),
        .muted = rgb(0x625e56),
        .accent = rgb(0x0f6e66),
        .onAccent = rgb(0xffffff),
        .accentSoft = rgb(0xe2f0ed),
        .bubble = rgb(0xe6f0ed),
        .code = rgb(0xf2f0eb),
        .amber = rgb(0x7a4b00),
        .amberSoft = rgb(0xfdf1d3),
        .danger = rgb(0xb0271b),
        .onDanger = rgb(0xffffff),
        .dangerSoft = rgb(0xfcebe8),
        .focus = rgb(0x12857b),
        .selection = rgb(0xb9dfd8),
        .keyword = rgb(0x7b2d8b),
        .literal = rgb(0x1b6a2f),
        .comment = rgb(0x6a655b),
        .number = rgb(0x9a4a00),
    };
}

Colors makeDark() {
    return {
        .window = rgb(0x1b1c1e),
        .surface = rgb(0x26282a),
        .sidebar = rgb(0x151617),
        .hover = rgb(0x323538),
        .selected = rgb(0x2b3b39),
        .border = rgb(0x383b3e),
        .controlBorder = rgb(0x7c8184),
        .text = rgb(0xecebe7),
        .muted = rgb(0xabaaa4),
        .accent = rgb(0x5cc9bb),
        .onAccent = rgb(0x06211e),
        .accentSoft = rgb(0x213a37),
        .bubble = rgb(0x273735),
        .code = rgb(0x141516),
        .amber = rgb(0xf3c263),
        .amberSoft = rgb(0x3a2f17),
        .danger = rgb(0xff9a8d),
        .onDanger = rgb(0x2b0703),
        .dangerSoft = rgb(0x432420),
        .focus = rgb(0x5cc9bb),
        .selection = rgb(0x2f6a63),
        .keyword = rgb(0xd9a6e8),
        .literal = rgb(0x9fd6a4),
        .comment = rgb(0x9a978f),
        .number = rgb(0xf0b27a),
    };
}

double channel(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) +
           0.0722 * channel(color.blueF());
}

} // namespace

const Colors& lightColors() {
    static const Colors colors = makeLight();
    return colors;
}

const Colors& darkColors() {
    static const Colors colors = makeDark();
    return colors;
}

QPalette makePalette(const Colors& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.surface);
    palette.setColor(QPalette::AlternateBase, c.sidebar);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.muted);
    palette.setColor(QPalette::Button, c.surface);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.danger);
    palette.setColor(QPalette::ToolTipBase, c.text);
    palette.setColor(QPalette::ToolTipText, c.window);
    palette.setColor(QPalette::Highlight, c.selection);
    palette.setColor(QPalette::HighlightedText, c.text);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::Light, c.surface);
    palette.setColor(QPalette::Midlight, c.hover);
    palette.setColor(QPalette::Mid, c.border);
    palette.setColor(QPalette::Dark, c.controlBorder);
    palette.setColor(QPalette::Shadow, c.border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, c.controlBorder);
    }
    return palette;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace phial::ui
