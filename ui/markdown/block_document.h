// SPDX-License-Identifier: MIT
#pragma once

#include "ui/markdown/splitter.h"

#include <QTextDocument>

#include <memory>

namespace phial::ui {
class Theme;
}

namespace phial::ui::markdown {

/// Lays out one block of an answer. Nothing a model writes can load anything: pictures named in the
/// text are not fetched, from the network or from disk, and HTML is shown as text.
/// `source` is the block's own Markdown.
std::unique_ptr<QTextDocument> makeTextDocument(const Theme& theme, const QString& source);

/// Code with colours for its language.
std::unique_ptr<QTextDocument> makeCodeDocument(const Theme& theme, const Code& code);

/// Text as it was typed.
std::unique_ptr<QTextDocument> makePlainDocument(const Theme& theme, const QString& text);

} // namespace phial::ui::markdown
