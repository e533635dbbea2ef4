// SPDX-License-Identifier: MIT
#include "ui/meeting/search_page.h"

#include "ui/meeting/clock.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QAbstractListModel>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kHitRole = Qt::UserRole + 1;
constexpr int kPauseMs = 150;
constexpr int kBefore = 40; // letters of a long line shown before the first mark

class Delegate final : public QStyledItemDelegate {
public:
    Delegate(const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {200, QFontMetrics(m_theme.font(0.95)).height() +
                         QFontMetrics(m_theme.font(0.85)).height() + 20};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colors& colors = m_theme.colors();
        const auto hit = index.data(kHitRole).value<HitView>();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect row = option.rect.adjusted(2, 1, -2, -1);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.state.testFlag(QStyle::State_Selected) ? colors.selected
                                                                            : colors.hover);
            painter->drawRoundedRect(row, 7, 7);
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(QPen(colors.focus, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), 7, 7);
        }
        const QRect place = row.adjusted(12, 7, -12, -6);
        const QFont small = m_theme.font(0.85);
        painter->setFont(small);
        painter->setPen(colors.muted);
        QStringList head{hit.title, QLocale().toString(hit.created.date(), QLocale::ShortFormat)};
        if (hit.line != 0) {
            head.append(clockText(hit.seconds));
        }
        if (!hit.speaker.isEmpty()) {
            head.append(hit.speaker);
        }
        painter->drawText(place, Qt::AlignLeft | Qt::AlignTop,
                          QFontMetrics(small).elidedText(head.join(QStringLiteral("  ·  ")),
                                                         Qt::ElideRight, place.width()));
        const int first = hit.marks.isEmpty() ? 0 : hit.marks.first().first;
        const int cut = std::max(0, first - kBefore);
        QString text = hit.text.mid(cut);
        const int added = cut > 0 ? 1 : 0;
        if (cut > 0) {
            text.prepend(u'…');
        }
        const QFont letters = m_theme.font(0.95);
        text = QFontMetrics(letters).elidedText(text, Qt::ElideRight, place.width() - 8);
        QTextLayout layout(text, letters);
        QList<QTextLayout::FormatRange> formats;
        for (const auto& [begin, length] : hit.marks) {
            QTextLayout::FormatRange range;
            range.start = begin - cut + added;
            range.length = length;
            range.format.setBackground(colors.selection);
            range.format.setFontWeight(QFont::DemiBold);
            formats.append(range);
        }
        layout.setFormats(formats);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        if (line.isValid()) {
            line.setLineWidth(place.width());
        }
        layout.endLayout();
        painter->setPen(colors.text);
        painter->setClipRect(place.adjusted(0, 0, 0, 4));
        layout.draw(painter, QPointF(place.left(), place.top() + QFontMetrics(small).height() + 4));
        painter->restore();
    }

private:
    const Theme& m_theme;
};

} // namespace

class SearchPage::Model final : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(m_hits.size());
    }

    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || index.row() >= m_hits.size()) {
            return {};
        }
        const HitView& hit = m_hits[index.row()];
        if (role == Qt::DisplayRole) {
            return QStringLiteral("%1, %2, %3").arg(hit.title, clockText(hit.seconds), hit.text);
        }
        return role == kHitRole ? QVariant::fromValue(hit) : QVariant();
    }

    void set(const QList<HitView>& hits) {
        beginResetModel();
        m_hits = hits;
        endResetModel();
    }

private:
    QList<HitView> m_hits;
};

SearchPage::SearchPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_query(makeSearchField(theme, tr("Search in all meetings"), nullptr))
    , m_note(makeLabel(theme, QString(), 0.9, nullptr))
    , m_list(new QListView)
    , m_model(new Model(this)) {
    setObjectName(QStringLiteral("page"));
    // The others get their parent with the layout: Tab visits children in that order.
    QToolButton* back = makeIconButton(theme, "back", tr("Back (Esc)"), this);
    m_query->setPlaceholderText(tr("Search in all meetings"));
    m_query->installEventFilter(this);
    m_note->setWordWrap(true);
    setStyleProperty(*m_note, "tone", QStringLiteral("muted"));
    m_list->setAccessibleName(tr("Places found"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new Delegate(theme, m_list));
    m_list->setObjectName(QStringLiteral("hits"));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* row = new QHBoxLayout;
    row->addWidget(back);
    row->addWidget(m_query, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 12, 18, 8);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_note);
    column->addWidget(m_list, 1);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kPauseMs);
    connect(back, &QToolButton::clicked, this, &SearchPage::closeRequested);
    connect(m_query, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(&m_typing, &QTimer::timeout, this,
            [this] { Q_EMIT searchRequested(m_query->text().trimmed()); });
    const auto open = [this](const QModelIndex& index) {
        Q_EMIT hitActivated(index.data(kHitRole).value<HitView>());
    };
    connect(m_list, &QListView::clicked, this, open);
    connect(m_list, &QListView::activated, this, open);
    setHits({}, {});
}

void SearchPage::focusSearch() {
    m_query->setFocus();
    m_query->selectAll();
    Q_EMIT searchRequested(m_query->text().trimmed()); // the meetings may have changed
}

void SearchPage::setHits(const QString& query, const QList<HitView>& hits) {
    if (query != m_query->text().trimmed()) {
        return; // the answer to an older question
    }
    m_model->set(hits);
    m_note->setText(query.isEmpty() ? tr("Every word must occur; the last one may be a beginning.")
                    : hits.isEmpty()
                        ? tr("Nothing found for “%1” in the transcripts and titles.").arg(query)
                        : tr("Found: %1; newest meeting first").arg(hits.size()));
    if (!hits.isEmpty()) {
        m_list->setCurrentIndex(m_model->index(0));
    }
}

bool SearchPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_query && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
            m_list->currentIndex().isValid() && !m_typing.isActive()) {
            Q_EMIT hitActivated(m_list->currentIndex().data(kHitRole).value<HitView>());
            return true;
        }
        if (key->key() == Qt::Key_Down) {
            m_list->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace phial::ui
