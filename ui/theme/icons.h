// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

class QPainter;
class QRectF;

namespace phial::ui {

class Theme;

enum class IconTone { Text, Muted, OnAccent, Accent, Amber, Danger };

/// Line icon resources/icons/<name>.svg in the theme's colours. Follows a change of theme without
/// being set again. The theme must outlive the icon.
QIcon icon(const Theme& theme, const char* name, IconTone tone = IconTone::Text);

/// Draws the same picture directly.
void paintIcon(QPainter& painter, const char* name, const QRectF& where, const QColor& color);

/// Makes the compiled-in resources available; call once before the first icon.
void initResources();

} // namespace phial::ui
