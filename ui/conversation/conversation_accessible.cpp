// SPDX-License-Identifier: MIT
#include "ui/conversation/conversation_accessible.h"

#include "ui/conversation/conversation_view.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

namespace phial::ui {
namespace {

class MessageAccessible final : public QAccessibleInterface {
public:
    MessageAccessible(ConversationView* view, int row)
        : m_view(view)
        , m_row(row) {}

    bool isValid() const override { return m_view && m_row < m_view->rowCount(); }

    QObject* object() const override { return nullptr; }

    QWindow* window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }

    QAccessibleInterface* childAt(int, int) const override { return nullptr; }

    QAccessibleInterface* parent() const override {
        return QAccessible::queryAccessibleInterface(m_view);
    }

    QAccessibleInterface* child(int) const override { return nullptr; }

    int childCount() const override { return 0; }

    int indexOfChild(const QAccessibleInterface*) const override { return -1; }

    QString text(QAccessible::Text what) const override {
        return isValid() && (what == QAccessible::Name || what == QAccessible::Value)
                   ? m_view->spokenText(m_row)
                   : QString();
    }

    void setText(QAccessible::Text, const QString&) override {}

    QRect rect() const override {
        return isValid() ? m_view->rowRect(m_row).translated(
                               m_view->viewport()->mapToGlobal(QPoint(0, 0)))
                         : QRect();
    }

    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QAccessible::State state() const override {
        QAccessible::State state;
        state.readOnly = true;
        state.focusable = true;
        state.focused = isValid() && m_view->hasFocus() && m_view->currentRow() == m_row;
        state.invalid = !isValid();
        return state;
    }

private:
    QPointer<ConversationView> m_view;
    int m_row;
};

class ConversationAccessible final : public QAccessibleWidget {
public:
    explicit ConversationAccessible(ConversationView* view)
        : QAccessibleWidget(view, QAccessible::List)
        , m_view(view) {}

    ~ConversationAccessible() override {
        for (const QAccessible::Id id : std::as_const(m_children)) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }

    // Messages first, then the buttons that lie over them.
    int childCount() const override {
        return m_view->rowCount() + QAccessibleWidget::childCount();
    }

    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= m_view->rowCount()) {
            return QAccessibleWidget::child(index - m_view->rowCount());
        }
        auto found = m_children.constFind(index);
        if (found == m_children.cend()) {
            const auto id =
                QAccessible::registerAccessibleInterface(new MessageAccessible(m_view, index));
            found = m_children.insert(index, id);
        }
        return QAccessible::accessibleInterface(*found);
    }

    int indexOfChild(const QAccessibleInterface* child) const override {
        for (auto it = m_children.cbegin(); it != m_children.cend(); ++it) {
            if (QAccessible::accessibleInterface(it.value()) == child) {
                return it.key();
            }
        }
        const int index = QAccessibleWidget::indexOfChild(child);
        return index < 0 ? index : index + m_view->rowCount();
    }

private:
    ConversationView* m_view; // the interface is deleted with its widget
    mutable QHash<int, QAccessible::Id> m_children;
};

QAccessibleInterface* makeInterface(const QString& name, QObject* object) {
    if (name == QLatin1String(ConversationView::staticMetaObject.className())) {
        return new ConversationAccessible(qobject_cast<ConversationView*>(object));
    }
    return nullptr;
}

} // namespace

void installConversationAccessibility() {
    QAccessible::installFactory(makeInterface);
}

} // namespace phial::ui
