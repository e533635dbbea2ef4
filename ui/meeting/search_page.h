// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;

namespace phial::ui {

class Theme;

/// Search over all meetings. A hit opens its meeting at its line.
class SearchPage : public QWidget {
    Q_OBJECT

public:
    SearchPage(const Theme& theme, QWidget* parent);

    void setHits(const QString& query, const QList<HitView>& hits);
    void focusSearch();

Q_SIGNALS:
    void searchRequested(const QString& query);
    void hitActivated(const phial::ui::HitView& hit);
    void closeRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Model;

    QLineEdit* m_query;
    QLabel* m_note;
    QListView* m_list;
    Model* m_model;
    QTimer m_typing; ///< a search is asked for when typing pauses
};

} // namespace phial::ui
