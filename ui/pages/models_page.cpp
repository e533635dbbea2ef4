// SPDX-License-Identifier: MIT
#include "ui/pages/models_page.h"

#include "ui/pages/page_frame.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QButtonGroup>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kSteps = 1000; // of the progress bar: bytes do not fit its int

/// Work on an unfinished package is what makes it.
QString kindText(const ModelView& model, bool worked) {
    switch (model.kind) {
    case ModelKind::BuiltIn:
        return ModelsPage::tr("Built in, a demonstration");
    case ModelKind::Checkpoint:
        return ModelsPage::tr("Checkpoint, not quantized");
    case ModelKind::Package:
        return ModelsPage::tr("Quantized (%1) from %2").arg(model.plan, model.source);
    case ModelKind::Unfinished:
        return worked ? ModelsPage::tr("Being quantized")
                      : ModelsPage::tr("Quantizing was stopped; it can go on");
    case ModelKind::Unusable:
        return ModelsPage::tr("Cannot be used");
    }
    return {};
}

QString line(const ModelView& model, bool worked) {
    QStringList parts = {kindText(model, worked)};
    if (model.bytes > 0) {
        parts.append(sizeText(model.bytes));
    }
    if (model.current) {
        parts.append(ModelsPage::tr("in use"));
    }
    const QString name =
        model.kind == ModelKind::BuiltIn ? ModelsPage::tr("Built-in mini model") : model.name;
    return name + QLatin1Char('\n') + parts.join(QStringLiteral("  ·  "));
}

QString planName(const QString& id) {
    if (id == QLatin1String("default")) {
        return ModelsPage::tr("Recommended");
    }
    if (id == QLatin1String("compact")) {
        return ModelsPage::tr("Compact");
    }
    if (id == QLatin1String("small")) {
        return ModelsPage::tr("Small, less exact");
    }
    if (id == QLatin1String("audio")) {
        return ModelsPage::tr("For sound and text, without pictures");
    }
    return id;
}

QString planText(const PlanView& plan) {
    const double saved = plan.sourceBytes > 0
                             ? 100.0 * (1.0 - double(plan.packageBytes) / double(plan.sourceBytes))
                             : 0;
    return ModelsPage::tr("%1 on the disk (%2 % less), %3 of graphics memory with %L4 tokens")
        .arg(sizeText(plan.packageBytes), QLocale().toString(std::lround(saved)),
             sizeText(plan.deviceBytes))
        .arg(plan.contextTokens);
}

} // namespace

QString sizeText(qint64 bytes) {
    const QLocale locale;
    return bytes < 100'000'000
               ? ModelsPage::tr("%1 MB").arg(locale.toString(double(bytes) / 1e6, 'f', 1))
               : ModelsPage::tr("%1 GB").arg(locale.toString(double(bytes) / 1e9, 'f', 2));
}

QString timeLeftText(double seconds) {
    if (seconds < 0) {
        return {};
    }
    if (seconds < 60) {
        return ModelsPage::tr("less than a minute left");
    }
    const auto minutes = int(std::lround(seconds / 60));
    return minutes < 90 ? ModelsPage::tr("about %1 min left").arg(minutes)
                        : ModelsPage::tr("about %1 h left").arg((minutes + 30) / 60);
}

ModelsPage::ModelsPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_list(new QListWidget(this))
    , m_problem(makeLabel(theme, QString(), 0.95, this)) {
    QVBoxLayout* column =
        makePageFrame(theme, *this, tr("Models"), [this] { Q_EMIT closeRequested(); });
    auto* lead =
        makeLabel(theme,
                  tr("Folders with checkpoints are read in place and never changed. "
                     "Quantizing makes a smaller copy that small graphics cards can hold."),
                  0.95, this);
    lead->setWordWrap(true);
    setStyleProperty(*lead, "tone", QStringLiteral("muted"));
    column->addWidget(lead);
    m_list->setAccessibleName(tr("Models on this computer"));
    m_list->setObjectName(QStringLiteral("modelList"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setWordWrap(true);
    m_list->setTextElideMode(Qt::ElideNone);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMinimumHeight(theme.scaled(190));
    column->addWidget(m_list);
    m_problem->setWordWrap(true);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setStyleProperty(*m_problem, "tone", QStringLiteral("live"));
    column->addWidget(m_problem);
    column->addWidget(buildButtons());
    column->addWidget(buildPlans());
    column->addWidget(buildWork());
    column->addStretch(1);
    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        closePlans();
        refresh();
    });
    closePlans();
    setWork({});
    setModels({});
}

QWidget* ModelsPage::buildButtons() {
    auto* holder = new QWidget(this);
    auto* flow = new FlowLayout(holder, 8);
    const auto button = [&](const QString& text, const char* look, auto action) {
        QPushButton* made = makeTextButton(text, look, holder);
        connect(made, &QPushButton::clicked, this, [this, action] {
            if (const ModelView* model = chosen()) {
                action(model->id);
            }
        });
        flow->addWidget(made);
        return made;
    };
    m_use = button(tr("Use"), "primary", [this](const QString& id) { Q_EMIT useRequested(id); });
    m_quantize = button(tr("Quantize…"), "outlined",
                        [this](const QString& id) { Q_EMIT plansRequested(id, QString()); });
    m_resume =
        button(tr("Go On"), "primary", [this](const QString& id) { Q_EMIT resumeRequested(id); });
    m_verify =
        button(tr("Check"), "outlined", [this](const QString& id) { Q_EMIT verifyRequested(id); });
    m_remove = button(tr("Remove…"), "outlined", [this](const QString&) { askToRemove(); });
    QPushButton* add = makeTextButton(tr("Add a Folder…"), "outlined", holder);
    add->setIcon(icon(m_theme, "folder", IconTone::Text));
    connect(add, &QPushButton::clicked, this, &ModelsPage::addRequested);
    flow->addWidget(add);
    QPushButton* help = makeTextButton(tr("How to Get Phi-4-multimodal"), "plain", holder);
    connect(help, &QPushButton::clicked, this, &ModelsPage::helpRequested);
    flow->addWidget(help);
    return holder;
}

QFrame* ModelsPage::buildPlans() {
    m_plans = new QFrame(this);
    m_plans->setObjectName(QStringLiteral("panel"));
    auto* lines = new QVBoxLayout(m_plans);
    lines->setContentsMargins(16, 13, 16, 14);
    lines->setSpacing(8);
    m_plansTitle = makeLabel(m_theme, QString(), 1.0, m_plans);
    m_plansTitle->setFont(m_theme.font(1.0, QFont::DemiBold));
    m_plansTitle->setWordWrap(true);
    lines->addWidget(m_plansTitle);
    m_planRows = new QVBoxLayout;
    m_planRows->setSpacing(6);
    lines->addLayout(m_planRows);
    m_planButtons = new QButtonGroup(m_plans);
    connect(m_planButtons, &QButtonGroup::idToggled, this, &ModelsPage::refreshStart);
    m_where = makeLabel(m_theme, QString(), 0.95, m_plans);
    m_where->setWordWrap(true);
    setStyleProperty(*m_where, "tone", QStringLiteral("muted"));
    lines->addWidget(m_where);
    m_disk = makeLabel(m_theme, QString(), 0.95, m_plans);
    m_disk->setWordWrap(true);
    lines->addWidget(m_disk);
    auto* holder = new QWidget(m_plans);
    auto* flow = new FlowLayout(holder, 8);
    m_start = makeTextButton(tr("Begin Quantizing"), "primary", holder);
    connect(m_start, &QPushButton::clicked, this, [this] {
        const int index = m_planButtons->checkedId();
        if (index >= 0 && index < m_choice.plans.size()) {
            const QString plan = m_choice.plans[index].id;
            const PlanChoice choice = m_choice;
            closePlans();
            Q_EMIT quantizeRequested(choice.model, plan, choice.folder);
        }
    });
    QPushButton* other = makeTextButton(tr("Other Place…"), "outlined", holder);
    connect(other, &QPushButton::clicked, this,
            [this] { Q_EMIT otherFolderRequested(m_choice.model); });
    QPushButton* cancel = makeTextButton(tr("Not Now"), "plain", holder);
    connect(cancel, &QPushButton::clicked, this, &ModelsPage::closePlans);
    for (QPushButton* each : {m_start, other, cancel}) {
        flow->addWidget(each);
    }
    lines->addWidget(holder);
    return m_plans;
}

QFrame* ModelsPage::buildWork() {
    m_workPanel = new QFrame(this);
    m_workPanel->setObjectName(QStringLiteral("panel"));
    auto* lines = new QVBoxLayout(m_workPanel);
    lines->setContentsMargins(16, 13, 16, 14);
    lines->setSpacing(8);
    m_workTitle = makeLabel(m_theme, QString(), 1.0, m_workPanel);
    m_workTitle->setFont(m_theme.font(1.0, QFont::DemiBold));
    m_workTitle->setWordWrap(true);
    lines->addWidget(m_workTitle);
    m_bar = new QProgressBar(m_workPanel);
    m_bar->setRange(0, kSteps);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    lines->addWidget(m_bar);
    m_workText = makeLabel(m_theme, QString(), 0.95, m_workPanel);
    m_workText->setWordWrap(true);
    m_workText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    lines->addWidget(m_workText);
    auto* row = new QHBoxLayout;
    m_stop = makeTextButton(tr("Stop"), "outlined", m_workPanel);
    connect(m_stop, &QPushButton::clicked, this, &ModelsPage::stopRequested);
    m_done = makeTextButton(tr("Close"), "outlined", m_workPanel);
    connect(m_done, &QPushButton::clicked, this, &ModelsPage::workRead);
    row->addWidget(m_stop);
    row->addWidget(m_done);
    row->addStretch(1);
    lines->addLayout(row);
    return m_workPanel;
}

const ModelView* ModelsPage::chosen() const {
    const int row = m_list->currentRow();
    return row >= 0 && row < m_models.size() ? &m_models[row] : nullptr;
}

bool ModelsPage::isWorkedOn(const ModelView& model) const {
    return m_work.state == WorkState::Running && m_work.model == model.id;
}

void ModelsPage::setModels(const QList<ModelView>& models) {
    const ModelView* before = chosen();
    const QString id = before != nullptr ? before->id : QString();
    const QSignalBlocker quiet(m_list); // the row that was chosen stays
    m_models = models;
    m_list->clear();
    int row = models.isEmpty() ? -1 : 0;
    for (int i = 0; i < models.size(); ++i) {
        auto* item = new QListWidgetItem(line(models[i], isWorkedOn(models[i])), m_list);
        item->setToolTip(models[i].id);
        if (models[i].id == id || (id.isEmpty() && models[i].current)) {
            row = i;
        }
    }
    m_list->setCurrentRow(row);
    refresh();
}

void ModelsPage::refresh() {
    const ModelView* model = chosen();
    const auto is = [model](ModelKind kind) { return model != nullptr && model->kind == kind; };
    const bool busy = m_work.state == WorkState::Running;
    const bool usable =
        is(ModelKind::BuiltIn) || is(ModelKind::Checkpoint) || is(ModelKind::Package);
    m_use->setVisible(usable);
    m_use->setEnabled(usable && !model->current);
    m_quantize->setVisible(is(ModelKind::Checkpoint));
    m_quantize->setEnabled(!busy);
    m_resume->setVisible(is(ModelKind::Unfinished));
    m_resume->setEnabled(!busy);
    m_verify->setVisible(is(ModelKind::Package));
    m_verify->setEnabled(!busy);
    m_remove->setVisible(model != nullptr && !is(ModelKind::BuiltIn));
    m_remove->setEnabled(model != nullptr && !model->current && !isWorkedOn(*model));
    m_problem->setText(is(ModelKind::Unusable) ? model->problem : QString());
    m_problem->setVisible(is(ModelKind::Unusable));
}

void ModelsPage::setPlans(const PlanChoice& choice) {
    const int before = m_planButtons->checkedId();
    closePlans();
    m_choice = choice;
    const bool known = choice.problem.isEmpty();
    const auto model = std::find_if(m_models.begin(), m_models.end(),
                                    [&](const ModelView& m) { return m.id == choice.model; });
    m_plansTitle->setText(
        known ? tr("Quantize %1 (%2)")
                    .arg(model != m_models.end() ? model->name : choice.model,
                         sizeText(choice.plans.isEmpty() ? 0 : choice.plans.front().sourceBytes))
              : tr("This folder cannot be quantized"));
    for (int i = 0; i < choice.plans.size(); ++i) {
        auto* button = new QRadioButton(planName(choice.plans[i].id), m_plans);
        QLabel* about = makeLabel(m_theme, planText(choice.plans[i]), 0.95, m_plans);
        about->setWordWrap(true);
        about->setIndent(m_theme.scaled(24));
        setStyleProperty(*about, "tone", QStringLiteral("muted"));
        button->setAccessibleDescription(about->text());
        m_planButtons->addButton(button, i);
        m_planRows->addWidget(button);
        m_planRows->addWidget(about);
        button->setChecked(i == std::max(before, 0));
    }
    m_where->setText(known ? tr("The package goes into %1").arg(choice.folder) : choice.problem);
    m_plans->setVisible(true);
    refreshStart();
}

void ModelsPage::refreshStart() {
    const int index = m_planButtons->checkedId();
    const bool known = index >= 0 && index < m_choice.plans.size();
    const bool fits = known && m_choice.plans[index].diskBytes <= m_choice.freeBytes;
    m_disk->setVisible(known);
    if (known) {
        const QString text =
            tr("Needs %1 of free disk there; %2 are free.")
                .arg(sizeText(m_choice.plans[index].diskBytes), sizeText(m_choice.freeBytes));
        m_disk->setText(
            fits ? text : text + QLatin1Char(' ') + tr("Free some space or choose another place."));
        setStyleProperty(*m_disk, "tone", fits ? QStringLiteral("muted") : QStringLiteral("live"));
    }
    m_start->setEnabled(fits && m_work.state != WorkState::Running);
    m_start->setVisible(known);
}

void ModelsPage::closePlans() {
    const QList<QAbstractButton*> buttons = m_planButtons->buttons();
    for (QAbstractButton* button : buttons) {
        m_planButtons->removeButton(button);
    }
    while (QLayoutItem* row = m_planRows->takeAt(0)) {
        row->widget()->hide();
        row->widget()->deleteLater();
        delete row;
    }
    m_choice = {};
    m_plans->setVisible(false);
}

void ModelsPage::setWork(const ModelWorkView& work) {
    m_work = work;
    const bool running = work.state == WorkState::Running;
    m_workPanel->setVisible(work.state != WorkState::None);
    m_bar->setVisible(running);
    m_stop->setVisible(running);
    m_done->setVisible(!running);
    for (int i = 0; i < m_models.size(); ++i) {
        m_list->item(i)->setText(line(m_models[i], isWorkedOn(m_models[i])));
    }
    const bool checking = work.work == ModelWork::Checking;
    switch (work.state) {
    case WorkState::Running:
        m_workTitle->setText(checking ? tr("Checking %1").arg(work.name)
                                      : tr("Quantizing into %1").arg(work.name));
        break;
    case WorkState::Done:
        m_workTitle->setText(tr("%1 is ready").arg(work.name));
        break;
    case WorkState::Failed:
        m_workTitle->setText(checking ? tr("%1 is damaged or could not be checked").arg(work.name)
                                      : tr("%1 could not be made").arg(work.name));
        break;
    case WorkState::Stopped:
    case WorkState::None:
        m_workTitle->setText(tr("Stopped: %1").arg(work.name));
        break;
    }
    if (running) {
        m_bar->setValue(work.total > 0 ? int(double(work.done) / double(work.total) * kSteps) : 0);
        QStringList parts;
        if (work.total > 0) {
            parts.append(tr("%1 of %2").arg(sizeText(work.done), sizeText(work.total)));
        }
        if (const QString left = timeLeftText(work.secondsLeft); !left.isEmpty()) {
            parts.append(left);
        }
        if (!work.part.isEmpty()) {
            parts.append(work.part);
        }
        m_workText->setText(parts.isEmpty() ? tr("Beginning")
                                            : parts.join(QStringLiteral("  ·  ")));
    } else {
        m_workText->setText(work.text);
    }
    setStyleProperty(*m_workText, "tone",
                     work.state == WorkState::Failed ? QStringLiteral("live")
                                                     : QStringLiteral("muted"));
    refresh();
    refreshStart();
}

void ModelsPage::askToRemove() {
    const ModelView* model = chosen();
    if (model == nullptr) {
        return;
    }
    const bool deletes = model->own || model->kind == ModelKind::Unfinished;
    auto* question = new QMessageBox(this); // open(), never exec()
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(deletes ? QMessageBox::Warning : QMessageBox::Question);
    question->setWindowTitle(tr("Remove a Model"));
    question->setText(deletes ? tr("Delete “%1” from the disk?").arg(model->name)
                              : tr("Take “%1” off the list?").arg(model->name));
    question->setInformativeText(deletes
                                     ? tr("What it was made from stays. It can be made again.")
                                     : tr("The folder and everything in it stay where they are."));
    QPushButton* yes =
        question->addButton(deletes ? tr("Delete") : tr("Take Off"),
                            deletes ? QMessageBox::DestructiveRole : QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(tr("Keep"), QMessageBox::RejectRole));
    connect(yes, &QPushButton::clicked, this,
            [this, id = model->id] { Q_EMIT removeRequested(id); });
    question->open();
}

} // namespace phial::ui
