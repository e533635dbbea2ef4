// SPDX-License-Identifier: MIT
#include "ui/widgets/attachment_chip.h"

#include "ui/conversation/media_strip.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QToolButton>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kWidth = 246;
constexpr int kPicture = 36;
constexpr int kPadding = 7;

} // namespace

AttachmentChip::AttachmentChip(const Theme& theme, const AttachmentView& view, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_remove(makeIconButton(theme, "close", tr("Remove"), this, IconTone::Muted)) {
    setFocusPolicy(Qt::StrongFocus);
    m_remove->setIconSize(QSize(13, 13));
    m_remove->setFocusPolicy(Qt::NoFocus); // the chip itself is removed by the Delete key
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeRequested(m_view.id); });
    setView(view);
}

void AttachmentChip::setView(const AttachmentView& view) {
    if (view.thumbnail != m_view.thumbnail || m_thumbnail.isNull()) {
        m_thumbnail = QImage::fromData(view.thumbnail);
    }
    m_view = view;
    updateGeometry();
    m_remove->setAccessibleName(tr("Remove %1").arg(view.name));
    setAccessibleName(QStringLiteral("%1, %2").arg(view.name, secondLine()));
    setAccessibleDescription(tr("Press Delete to remove it."));
    setToolTip(view.state == AttachmentState::Problem
                   ? view.problem
                   : QStringLiteral("%1\n%2").arg(view.name, secondLine()));
    update();
}

QString AttachmentChip::secondLine() const {
    switch (m_view.state) {
    case AttachmentState::Reading:
        return tr("Reading…");
    case AttachmentState::Problem:
        return m_view.problem;
    case AttachmentState::Ready:
        break;
    }
    if (m_view.tokens < 0) {
        return m_view.detail;
    }
    const QString tokens = tr("%1 tokens").arg(locale().toString(m_view.tokens));
    return m_view.detail.isEmpty() ? tokens : QStringLiteral("%1 · %2").arg(tokens, m_view.detail);
}

QSize AttachmentChip::sizeHint() const {
    const int text =
        QFontMetrics(m_theme.font(0.92)).height() + QFontMetrics(m_theme.font(0.8)).height();
    int width = m_theme.scaled(kWidth);
    if (m_view.state == AttachmentState::Problem) { // what is wrong is to be read
        const int words = QFontMetrics(m_theme.font(0.8)).horizontalAdvance(m_view.problem);
        width = std::clamp(words + kPicture + 3 * kPadding + 16, width, 3 * width);
    }
    return {width, std::max(kPicture, text + 2) + 2 * kPadding};
}

void AttachmentChip::resizeEvent(QResizeEvent*) {
    const int side = 24;
    const QRect place(width() - side - 4, 4, side, side);
    m_remove->setGeometry(QStyle::visualRect(layoutDirection(), rect(), place));
}

void AttachmentChip::paintEvent(QPaintEvent*) {
    const Colors& colors = m_theme.colors();
    const bool problem = m_view.state == AttachmentState::Problem;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF frame = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(hasFocus() ? QPen(colors.focus, 2)
                              : QPen(problem ? colors.danger : colors.border, 1));
    painter.setBrush(problem ? colors.dangerSoft : colors.window);
    painter.drawRoundedRect(frame, 9, 9);

    const QRect slot(kPadding, (height() - kPicture) / 2, kPicture, kPicture);
    const QRectF picture = QStyle::visualRect(layoutDirection(), rect(), slot);
    QPainterPath clip;
    clip.addRoundedRect(picture, 6, 6);
    painter.fillPath(clip, problem ? colors.dangerSoft : colors.accentSoft);
    if (!m_thumbnail.isNull() && !problem) {
        painter.save();
        painter.setClipPath(clip);
        const QSizeF size =
            QSizeF(m_thumbnail.size()).scaled(picture.size(), Qt::KeepAspectRatioByExpanding);
        QRectF target(QPointF(), size);
        target.moveCenter(picture.center());
        painter.drawImage(target, m_thumbnail);
        painter.restore();
    } else if (!m_view.peaks.isEmpty() && !problem) {
        paintPeaks(painter, picture.adjusted(6, 8, -6, -8), m_view.peaks, colors.accent);
    } else {
        const char* name = problem                                ? "error"
                           : m_view.kind == AttachmentKind::Image ? "image"
                                                                  : "waveform";
        paintIcon(painter, name, picture.adjusted(8, 8, -8, -8),
                  problem ? colors.danger : colors.accent);
    }

    const QRect lines(kPadding + kPicture + 9, kPadding, width() - kPicture - 2 * kPadding - 9 - 24,
                      height() - 2 * kPadding);
    const QRect text = QStyle::visualRect(layoutDirection(), rect(), lines);
    const auto align = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft);
    const QFont first = m_theme.font(0.92);
    painter.setFont(first);
    painter.setPen(colors.text);
    painter.drawText(text, int(align) | Qt::AlignTop,
                     QFontMetrics(first).elidedText(m_view.name, Qt::ElideMiddle, text.width()));
    const QFont second = m_theme.font(0.8);
    painter.setFont(second);
    painter.setPen(problem ? colors.danger : colors.muted);
    const QRect low = QStyle::visualRect(layoutDirection(), rect(),
                                         lines.adjusted(0, 0, 18, 0)); // below the button
    painter.drawText(low, int(align) | Qt::AlignBottom,
                     QFontMetrics(second).elidedText(secondLine(), Qt::ElideRight, low.width()));
}

void AttachmentChip::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) {
        Q_EMIT removeRequested(m_view.id);
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT openRequested(m_view);
    } else if (event->key() == Qt::Key_Right) {
        focusNextChild();
    } else if (event->key() == Qt::Key_Left) {
        focusPreviousChild();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void AttachmentChip::mouseDoubleClickEvent(QMouseEvent*) {
    Q_EMIT openRequested(m_view);
}

void AttachmentChip::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void AttachmentChip::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

} // namespace phial::ui
