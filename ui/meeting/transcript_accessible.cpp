// SPDX-License-Identifier: MIT
#include "ui/meeting/transcript_accessible.h"

#include "ui/meeting/line_remark.h"
#include "ui/meeting/transcript_view.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QItemSelectionModel>
#include <QPointer>

#include <utility>

namespace phial::ui {
namespace {

class LineAccessible final : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    LineAccessible(TranscriptView* view, int row)
        : m_view(view)
        , m_row(row) {}

    bool isValid() const override {
        return m_view && m_view->model() != nullptr && m_row < m_view->model()->rowCount();
    }

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
        if (!isValid()) {
            return {};
        }
        if (what == QAccessible::Description) {
            return lineRemark(index().data(LineRole).value<LineView>());
        }
        return what == QAccessible::Name || what == QAccessible::Value ? index().data().toString()
                                                                       : QString();
    }

    void setText(QAccessible::Text, const QString&) override {}

    QRect rect() const override {
        return isValid() ? m_view->visualRect(index()).translated(
                               m_view->viewport()->mapToGlobal(QPoint(0, 0)))
                         : QRect();
    }

    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QAccessible::State state() const override {
        QAccessible::State state;
        state.invalid = !isValid();
        if (isValid()) {
            state.focusable = true;
            state.selectable = true;
            state.selected = m_view->selectionModel()->isSelected(index());
            state.focused = m_view->hasFocus() && m_view->currentIndex() == index();
            state.offscreen = !m_view->visualRect(index()).intersects(m_view->viewport()->rect());
        }
        return state;
    }

    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this)
                                                    : nullptr;
    }

    QStringList actionNames() const override { return {pressAction()}; }

    void doAction(const QString& name) override {
        if (name == pressAction() && isValid()) {
            m_view->setCurrentIndex(index());
            m_view->playCurrent();
        }
    }

    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    QModelIndex index() const { return m_view->model()->index(m_row, 0); }

    QPointer<TranscriptView> m_view;
    int m_row;
};

class TranscriptAccessible final : public QAccessibleWidget {
public:
    explicit TranscriptAccessible(TranscriptView* view)
        : QAccessibleWidget(view, QAccessible::List)
        , m_view(view) {}

    ~TranscriptAccessible() override {
        for (const QAccessible::Id id : std::as_const(m_children)) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }

    // Lines first, then the editor that may lie over one.
    int childCount() const override { return lines() + QAccessibleWidget::childCount(); }

    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= lines()) {
            return QAccessibleWidget::child(index - lines());
        }
        auto found = m_children.constFind(index);
        if (found == m_children.cend()) {
            const auto id =
                QAccessible::registerAccessibleInterface(new LineAccessible(m_view, index));
            found = m_children.insert(index, id);
        }
        return QAccessible::accessibleInterface(*found);
    }

    QAccessibleInterface* focusChild() const override {
        return m_view->hasFocus() && m_view->currentIndex().isValid()
                   ? child(m_view->currentIndex().row())
                   : QAccessibleWidget::focusChild();
    }

    int indexOfChild(const QAccessibleInterface* child) const override {
        for (auto it = m_children.cbegin(); it != m_children.cend(); ++it) {
            if (QAccessible::accessibleInterface(it.value()) == child) {
                return it.key();
            }
        }
        const int index = QAccessibleWidget::indexOfChild(child);
        return index < 0 ? index : index + lines();
    }

private:
    int lines() const { return m_view->model() == nullptr ? 0 : m_view->model()->rowCount(); }

    TranscriptView* m_view; // the interface is deleted with its widget
    mutable QHash<int, QAccessible::Id> m_children;
};

QAccessibleInterface* makeInterface(const QString& name, QObject* object) {
    if (name == QLatin1String(TranscriptView::staticMetaObject.className())) {
        return new TranscriptAccessible(qobject_cast<TranscriptView*>(object));
    }
    return nullptr;
}

} // namespace

void installTranscriptAccessibility() {
    QAccessible::installFactory(makeInterface);
}

} // namespace phial::ui
