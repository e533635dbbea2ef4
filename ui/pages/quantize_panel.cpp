// SPDX-License-Identifier: MIT
#include "ui/pages/quantize_panel.h"

#include "ui/pages/model_words.h"
#include "ui/pages/need_rows.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/size_text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace phial::ui {

QuantizePanel::QuantizePanel(const Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_plans(new QComboBox(this))
    , m_purpose(makeLabel(theme, QString(), 0.95, this))
    , m_target(new QLineEdit(this))
    , m_disk(makeLabel(theme, QString(), 0.95, this))
    , m_needs(new NeedRows(theme, this))
    , m_choose(makeTextButton(tr("Choose…"), "outlined", this))
    , m_go(makeTextButton(tr("Make the Package"), "primary", this))
    , m_wait(makeLabel(theme, tr("Other work goes on; one runs at a time."), 0.95, this)) {
    setObjectName(QStringLiteral("panel"));
    QLabel* title = makeLabel(theme, tr("Make it smaller"), 1.0, this);
    title->setFont(theme.font(1.0, QFont::DemiBold));
    QLabel* text = makeLabel(theme,
                             tr("A package is a quantized copy that needs less memory and disk. "
                                "The checkpoint stays as it is."),
                             0.95, this);
    m_plans->setAccessibleName(tr("Plan"));
    m_plans->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_plans->setMinimumContentsLength(24);
    m_target->setAccessibleName(tr("Folder of the new package"));
    for (QLabel* label : {text, m_purpose, m_wait}) {
        label->setWordWrap(true);
        setStyleProperty(*label, "tone", QStringLiteral("muted"));
    }
    m_disk->setWordWrap(true);
    m_choose->setAccessibleName(tr("Choose where the package is made"));
    QLabel* plan = makeLabel(theme, tr("&Plan"), 0.95, this);
    plan->setBuddy(m_plans);
    QLabel* folder = makeLabel(theme, tr("&Folder"), 0.95, this);
    folder->setBuddy(m_target);
    auto* target = new QHBoxLayout;
    target->setSpacing(8);
    target->addWidget(m_target, 1);
    target->addWidget(m_choose);
    auto* action = new QHBoxLayout;
    action->setSpacing(12);
    action->addWidget(m_go);
    action->addWidget(m_wait);
    action->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 13, 16, 14);
    column->setSpacing(6);
    for (QWidget* widget : {static_cast<QWidget*>(title), static_cast<QWidget*>(text),
                            static_cast<QWidget*>(plan), static_cast<QWidget*>(m_plans),
                            static_cast<QWidget*>(m_purpose), static_cast<QWidget*>(folder)}) {
        column->addWidget(widget);
    }
    column->addLayout(target);
    column->addWidget(m_disk);
    column->addWidget(m_needs);
    column->addSpacing(4);
    column->addLayout(action);

    connect(m_plans, &QComboBox::currentIndexChanged, this, [this] {
        offerTarget();
        refresh();
    });
    connect(m_target, &QLineEdit::textChanged, this, [this](const QString& path) {
        m_known = {};
        refresh();
        if (!path.trimmed().isEmpty()) {
            Q_EMIT targetChanged(path.trimmed());
        }
    });
    connect(m_choose, &QPushButton::clicked, this, &QuantizePanel::chooseTarget);
    connect(m_go, &QPushButton::clicked, this, [this] {
        Q_EMIT quantizeRequested(m_plans->currentData().toString(), m_target->text().trimmed());
    });
    refresh();
}

QList<QWidget*> QuantizePanel::stops() const {
    return {m_plans, m_target, m_choose, m_go};
}

const PlanView* QuantizePanel::plan() const {
    for (const PlanView& plan : m_checkpoint.plans) {
        if (plan.id == m_plans->currentData().toString()) {
            return &plan;
        }
    }
    return nullptr;
}

void QuantizePanel::setCheckpoint(const ModelView& checkpoint, const ModelsView& models) {
    const ModelView before = std::exchange(m_checkpoint, checkpoint);
    m_device = models.device;
    m_deviceFree = models.deviceFree;
    if (before.plans != checkpoint.plans || before.id != checkpoint.id) {
        const QString chosen = m_plans->currentData().toString();
        const QSignalBlocker quiet(m_plans);
        m_plans->clear();
        for (const PlanView& plan : checkpoint.plans) {
            m_plans->addItem(planText(plan, checkpoint.diskBytes), plan.id);
        }
        m_plans->setCurrentIndex(std::max(0, m_plans->findData(chosen)));
    }
    if (before.id != checkpoint.id) {
        m_parent = models.targets;
        offerTarget();
    }
    refresh();
}

void QuantizePanel::offerTarget() {
    if (const PlanView* chosen = plan()) {
        m_target->setText(m_parent + u'/' + m_checkpoint.name + u'-' + chosen->id);
    }
}

void QuantizePanel::chooseTarget() {
    auto* dialog = new QFileDialog(this, tr("Where Shall the Package Be Made?"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_parent = folder;
        offerTarget();
    });
    dialog->open();
}

void QuantizePanel::setTarget(const TargetView& target) {
    if (target.folder == m_target->text().trimmed()) {
        m_known = target;
        refresh();
    }
}

void QuantizePanel::setOthers(Others others) {
    const bool over = m_others == Others::Busy && others == Others::None;
    m_others = others;
    refresh();
    if (over && !m_target->text().trimmed().isEmpty()) { // it may have taken the room
        Q_EMIT targetChanged(m_target->text().trimmed());
    }
}

void QuantizePanel::refresh() {
    const PlanView* chosen = plan();
    if (chosen == nullptr) {
        m_go->setEnabled(false);
        return;
    }
    m_purpose->setText(planPurpose(chosen->id));
    m_needs->setNeeds(tr("The package"), chosen->needs, m_device, m_deviceFree);
    const bool measured = m_known.freeBytes >= 0 && m_known.problem.isEmpty();
    const bool room = measured && m_known.freeBytes >= chosen->diskNeeded;
    const QString need = tr("Takes %1 of free disk.").arg(sizeText(chosen->diskNeeded));
    m_disk->setText(!m_known.problem.isEmpty() ? m_known.problem
                    : !measured                ? need
                    : room                     ? tr("Takes %1 of free disk; there are %2.")
                                 .arg(sizeText(chosen->diskNeeded), sizeText(m_known.freeBytes))
                           : tr("Takes %1 of free disk, but there are only %2: free some space or "
                                "choose another folder.")
                                 .arg(sizeText(chosen->diskNeeded), sizeText(m_known.freeBytes)));
    const bool bad = !m_known.problem.isEmpty() || (measured && !room);
    setStyleProperty(*m_disk, "tone", bad ? QStringLiteral("danger") : QString());
    m_wait->setVisible(m_others == Others::Busy);
    m_go->setEnabled(room && m_others == Others::None);
}

} // namespace phial::ui
