// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"
#include "ui/conversation/message_item.h"

#include <QAbstractScrollArea>
#include <QPersistentModelIndex>
#include <QPointer>
#include <QTimer>

#include <memory>
#include <vector>

class QAbstractItemModel;
class QToolButton;

namespace phial::ui {

class MessageTools;
class Theme;

enum class MessageCommand { Regenerate, Edit, PreviousVariant, NextVariant };

/// The turns of one conversation. Shows a model with the roles of ui/contracts/message_view.h. Only
/// what is near the screen is laid out; a streaming answer re-renders its open tail at most thirty
/// times a second; the reader's place is kept unless he is at the end. GUI thread.
class ConversationView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit ConversationView(const Theme& theme, QWidget* parent = nullptr);
    ~ConversationView() override;

    void setModel(QAbstractItemModel* model);

    QAbstractItemModel* model() const { return m_model; }

    int rowCount() const { return static_cast<int>(m_rows.size()); }
    const MessageItem& item(int row) const { return *m_rows[static_cast<std::size_t>(row)].item; }

    /// What a screen reader says for a row.
    QString spokenText(int row) const;
    QRect rowRect(int row) const; ///< in the viewport

    bool atEnd() const { return m_stick; }
    void scrollToEnd();

    QString selectedText() const;
    void selectAll();
    void copySelection();

    int currentRow() const { return m_current; }
    void setCurrentRow(int row);

    /// Renders at once what is waiting for the next tick.
    void flush();

Q_SIGNALS:
    void commandRequested(phial::ui::MessageCommand command, const QString& messageId);
    void attachmentActivated(const phial::ui::AttachmentView& attachment);
    /// Something was copied; `what` is a short sentence for the status line.
    void copied(const QString& what);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Row {
        std::unique_ptr<MessageItem> item;
        double top = 0;
        bool stale = false; // the model has newer data
    };

    struct Anchor {
        int row = -1;
        int block = -1;
        double offset = 0; // from the block's (or row's) top to the viewport's top
    };

    void reload();
    void insertRows(int first, int last);
    void removeRows(int first, int last);
    void onDataChanged(const QModelIndex& first, const QModelIndex& last);
    void refresh(int row);
    void updateLayout();
    /// `kept` was taken before what is shown began to change.
    void updateLayout(const Anchor& kept);
    void place();
    bool measureVisible();
    Anchor anchor() const;
    double anchorTop(const Anchor& anchor) const;
    void measureIdle();
    void updateTools();
    void updateAnimation();
    int rowAt(double y) const; ///< -1 when none
    int toolsRow() const;
    double columnLeft() const;
    QPointF toItem(const QPointF& viewportPoint, int row) const;
    TextPosition positionAt(const QPointF& viewportPoint) const;
    void copyText(const QString& text, const QString& what);
    void announce(int row);

    const Theme& m_theme;
    QPointer<QAbstractItemModel> m_model;
    std::vector<Row> m_rows;
    double m_contentHeight = 0;
    double m_columnWidth = 0;
    bool m_stick = true;
    bool m_updating = false;
    int m_current = -1;
    int m_hover = -1;
    int m_phase = 0;
    TextRange m_selection;
    bool m_selecting = false;
    QPointF m_pressed;
    QTimer m_flushTimer;
    QTimer m_idleTimer;
    QTimer m_waitTimer;
    MessageTools* m_tools;
    QToolButton* m_jump;
};

} // namespace phial::ui
