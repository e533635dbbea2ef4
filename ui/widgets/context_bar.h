// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"

#include <QWidget>

namespace phial::ui {

class Theme;

/// How full the model's context would be: conversation, draft, room for the answer. Red when it does
/// not fit. Hidden while the capacity is unknown.
class ContextBar : public QWidget {
    Q_OBJECT

public:
    ContextBar(const Theme& theme, QWidget* parent);

    void setContext(const ContextView& context);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString label() const;

    const Theme& m_theme;
    ContextView m_context;
};

} // namespace phial::ui
