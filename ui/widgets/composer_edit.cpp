// SPDX-License-Identifier: MIT
#include "ui/widgets/composer_edit.h"

#include "ui/theme/theme.h"
#include "ui/widgets/mime_sources.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMimeData>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kMostLines = 6;

} // namespace

ComposerEdit::ComposerEdit(const Theme& theme, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("composerText"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTabChangesFocus(true);
    setAcceptDrops(false); // the whole window takes drops
    setAccessibleName(tr("Message"));
    document()->setDocumentMargin(4);
    connect(this, &QPlainTextEdit::textChanged, this, &ComposerEdit::fitHeight);
    connect(&theme, &Theme::changed, this, &ComposerEdit::fitHeight, Qt::QueuedConnection);
    fitHeight();
}

void ComposerEdit::fitHeight() {
    const int line = QFontMetrics(font()).lineSpacing();
    // A plain text layout counts its height in lines.
    const int lines = std::clamp(int(std::ceil(document()->size().height())), 1, kMostLines);
    const int height = lines * line + 2 * int(document()->documentMargin()) + 6;
    setVerticalScrollBarPolicy(document()->size().height() > kMostLines ? Qt::ScrollBarAsNeeded
                                                                        : Qt::ScrollBarAlwaysOff);
    if (height != this->height() || minimumHeight() != height) {
        setFixedHeight(height);
    }
}

QSize ComposerEdit::sizeHint() const {
    return {300, height()};
}

QSize ComposerEdit::minimumSizeHint() const {
    return {80, height()};
}

void ComposerEdit::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const bool control = event->modifiers() & Qt::ControlModifier;
    if (enter && !(event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)) &&
        (control || m_sendKey == SendKey::Enter)) {
        Q_EMIT sendRequested();
        event->accept();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void ComposerEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void ComposerEdit::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    Q_EMIT focusChanged();
}

void ComposerEdit::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    Q_EMIT focusChanged();
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData* source) const {
    return source->hasImage() || source->hasUrls() || QPlainTextEdit::canInsertFromMimeData(source);
}

void ComposerEdit::insertFromMimeData(const QMimeData* source) {
    const QList<OfferedItem> items = offeredItems(*source, Bytes::Copy);
    const QList<AttachmentSource> accepted = acceptedSources(items);
    if (!accepted.isEmpty()) {
        Q_EMIT sourcesPasted(accepted);
    } else if (source->hasText()) {
        insertPlainText(source->text());
    }
}

} // namespace phial::ui
