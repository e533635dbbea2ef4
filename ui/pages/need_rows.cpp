// SPDX-License-Identifier: MIT
#include "ui/pages/need_rows.h"

#include "ui/pages/model_words.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/size_text.h"

#include <QLabel>
#include <QVBoxLayout>

namespace phial::ui {

NeedRows::NeedRows(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_heading(makeLabel(theme, QString(), 0.95, this))
    , m_lines(new QVBoxLayout(this)) {
    m_heading->setWordWrap(true);
    m_lines->setContentsMargins(0, 0, 0, 0);
    m_lines->setSpacing(2);
    m_lines->addWidget(m_heading);
}

void NeedRows::setNeeds(const QString& what, const QList<ContextNeed>& needs, const QString& device,
                        qint64 free) {
    m_heading->setText(
        device.isEmpty() ? tr("%1 in graphics memory, by length of context:").arg(what)
        : free < 0       ? tr("%1 in the memory of %2, by length of context:").arg(what, device)
                   : tr("%1 in the memory of %2, where %3 can be had now, by length of context:")
                         .arg(what, device, sizeText(free)));
    while (m_rows.size() < needs.size()) {
        m_rows.append(makeLabel(m_theme, QString(), 0.95, this));
        m_rows.last()->setWordWrap(true);
        m_lines->addWidget(m_rows.last());
    }
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(i < needs.size());
        if (i < needs.size()) {
            m_rows[i]->setText(needText(needs[i]));
            setStyleProperty(*m_rows[i], "tone", needTone(needs[i].room));
        }
    }
    setVisible(!needs.isEmpty());
}

} // namespace phial::ui
