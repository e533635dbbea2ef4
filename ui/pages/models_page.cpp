// SPDX-License-Identifier: MIT
#include "ui/pages/models_page.h"

#include "ui/pages/model_words.h"
#include "ui/pages/model_work_panel.h"
#include "ui/pages/need_rows.h"
#include "ui/pages/page_frame.h"
#include "ui/pages/quantize_panel.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/size_text.h"

#include <QApplication>
#include <QFileDialog>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QShowEvent>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kMostRowsShown = 5;

QLabel* makeText(const Theme& theme, const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(theme, text, 0.95, parent);
    label->setWordWrap(true);
    return label;
}

QLabel* makeMuted(const Theme& theme, const QString& text, QWidget* parent) {
    QLabel* label = makeText(theme, text, parent);
    setStyleProperty(*label, "tone", QStringLiteral("muted"));
    return label;
}

QLabel* makeHead(const Theme& theme, const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(theme, text, 1.0, parent);
    label->setFont(theme.font(1.0, QFont::DemiBold));
    label->setWordWrap(true);
    return label;
}

} // namespace

ModelsPage::ModelsPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_usedTitle(makeHead(theme, QString(), this))
    , m_usedText(makeMuted(theme, QString(), this))
    , m_workPanel(new ModelWorkPanel(theme, this))
    , m_list(new QListWidget(this))
    , m_add(makeTextButton(tr("Add Folder…"), "primary", this))
    , m_buttons{makeTextButton(tr("Load"), "outlined", this),
                makeTextButton(tr("Check Every Byte"), "outlined", this),
                makeTextButton(tr("Go On"), "outlined", this),
                makeTextButton(tr("Remove What Was Made…"), "outlined", this),
                makeTextButton(tr("Look Again"), "outlined", this),
                makeTextButton(tr("Remove from List"), "outlined", this)}
    , m_details(new QWidget(this))
    , m_folder(makeMuted(theme, QString(), this))
    , m_problem(makeText(theme, QString(), this))
    , m_needs(new NeedRows(theme, this))
    , m_quantize(new QuantizePanel(theme, this))
    , m_steps(makeSteps()) {
    QVBoxLayout* column =
        makePageFrame(theme, *this, tr("Models"), [this] { Q_EMIT closeRequested(); });
    column->addWidget(makeUsed());
    column->addWidget(m_workPanel);
    column->addWidget(makeList());
    column->addWidget(m_quantize);
    column->addWidget(m_steps);
    column->addStretch(1);

    connect(m_workPanel, &ModelWorkPanel::stopRequested, this, &ModelsPage::stopRequested);
    connect(m_workPanel, &ModelWorkPanel::resumeRequested, this, &ModelsPage::resumeRequested);
    connect(m_workPanel, &ModelWorkPanel::discardRequested, this, &ModelsPage::askToDiscard);
    connect(m_workPanel, &ModelWorkPanel::closed, this, [this] {
        m_list->setFocus();
        Q_EMIT workClosed();
    });
    connect(m_list, &QListWidget::currentRowChanged, this, &ModelsPage::refresh);
    connect(m_list, &QListWidget::itemActivated, this, [this] {
        if (m_buttons[Load]->isEnabled()) {
            press(Load);
        }
    });
    connect(m_add, &QPushButton::clicked, this, &ModelsPage::chooseFolder);
    for (int i = 0; i < ButtonCount; ++i) {
        connect(m_buttons[i], &QPushButton::clicked, this, [this, i] { press(Button(i)); });
    }
    connect(m_quantize, &QuantizePanel::targetChanged, this, &ModelsPage::targetChanged);
    connect(m_quantize, &QuantizePanel::quantizeRequested, this,
            [this](const QString& plan, const QString& folder) {
                if (const ModelView* checkpoint = current()) {
                    Q_EMIT quantizeRequested(checkpoint->id, plan, folder);
                }
            });
    connect(&theme, &Theme::changed, this, &ModelsPage::fillList);
    orderStops();
    setModels({});
}

/// Tab goes down the page, whatever the order in which its parts were made.
void ModelsPage::orderStops() {
    QWidget* before = findChild<QToolButton*>(); // Back
    const auto follow = [&before](QWidget* next) {
        setTabOrder(before, next);
        before = next;
    };
    const auto ofWork = m_workPanel->findChildren<QPushButton*>();
    for (QPushButton* button : ofWork) {
        follow(button);
    }
    follow(m_list);
    follow(m_add);
    for (QPushButton* button : m_buttons) {
        follow(button);
    }
    const QList<QWidget*> ofPackage = m_quantize->stops();
    for (QWidget* stop : ofPackage) {
        follow(stop);
    }
}

QWidget* ModelsPage::makeUsed() {
    auto* panel = new QFrame(this);
    panel->setObjectName(QStringLiteral("panel"));
    auto* lines = new QVBoxLayout(panel);
    lines->setContentsMargins(16, 13, 16, 14);
    lines->setSpacing(3);
    lines->addWidget(m_usedTitle);
    lines->addWidget(m_usedText);
    return panel;
}

QWidget* ModelsPage::makeList() {
    m_list->setAccessibleName(tr("Models on this computer"));
    m_list->setObjectName(QStringLiteral("modelList"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_add->setIcon(icon(m_theme, "folder", IconTone::OnAccent));
    auto* holder = new QWidget(this);
    auto* buttons = new FlowLayout(holder, 8);
    buttons->addWidget(m_add);
    for (QPushButton* button : m_buttons) {
        buttons->addWidget(button);
    }
    auto* details = new QVBoxLayout(m_details);
    details->setContentsMargins(2, 0, 2, 0);
    details->setSpacing(5);
    m_folder->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setStyleProperty(*m_problem, "tone", QStringLiteral("danger"));
    details->addWidget(m_folder);
    details->addWidget(m_problem);
    details->addWidget(m_needs);
    auto* all = new QWidget(this);
    auto* lines = new QVBoxLayout(all);
    lines->setContentsMargins(0, 6, 0, 0);
    lines->setSpacing(8);
    lines->addWidget(makeHead(m_theme, tr("On this computer"), all));
    lines->addWidget(m_list);
    lines->addWidget(m_details);
    lines->addWidget(holder);
    return all;
}

QWidget* ModelsPage::makeSteps() {
    auto* panel = new QFrame(this);
    panel->setObjectName(QStringLiteral("panel"));
    auto* lines = new QVBoxLayout(panel);
    lines->setContentsMargins(16, 13, 16, 14);
    lines->setSpacing(6);
    lines->addWidget(makeHead(m_theme, tr("How to get Phi-4-multimodal"), panel));
    lines->addWidget(makeMuted(
        m_theme,
        tr("1. Phial opens no network connection, so it cannot fetch the model itself. On any "
           "computer with a connection, download the complete folder "
           "“microsoft/Phi-4-multimodal-instruct” (about 12 GB) from Hugging Face, and bring it "
           "here on a disk or over your own network."),
        panel));
    lines->addWidget(makeMuted(
        m_theme,
        tr("2. Keep the folder as it is: config.json, tokenizer.json, preprocessor_config.json, "
           "and "
           "the weights in files named model-00001-of-00003.safetensors and so on. Phial reads it "
           "in place and never changes, moves or deletes it."),
        panel));
    lines->addWidget(makeMuted(
        m_theme,
        tr("3. Add the folder here, or drop it on this window. Phial checks that everything is "
           "there and says what is missing. Then load it, or make it smaller first."),
        panel));
    return panel;
}

void ModelsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!event->spontaneous()) {
        Q_EMIT shown();
    }
}

const ModelView* ModelsPage::model(const QString& id) const {
    const auto found = std::find_if(m_models.models.begin(), m_models.models.end(),
                                    [&id](const ModelView& view) { return view.id == id; });
    return found == m_models.models.end() ? nullptr : &*found;
}

const ModelView* ModelsPage::current() const {
    const QListWidgetItem* item = m_list->currentItem();
    return item == nullptr ? nullptr : model(item->data(Qt::UserRole).toString());
}

void ModelsPage::setEngine(const DeviceChipState& engine) {
    m_engine = engine;
    refreshUsed();
}

void ModelsPage::setModels(const ModelsView& models) {
    m_models = models;
    fillList();
    refreshUsed();
}

void ModelsPage::setWork(const ModelWorkView& work) {
    const bool same = work.state == m_work.state && work.id == m_work.id;
    m_work = work;
    m_workPanel->setWork(work);
    m_quantize->setOthers(work.busy() ? QuantizePanel::Others::Busy : QuantizePanel::Others::None);
    if (!same) { // else only its numbers
        fillList();
    }
}

void ModelsPage::setTarget(const TargetView& target) {
    m_quantize->setTarget(target);
}

void ModelsPage::select(const QString& id) {
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->data(Qt::UserRole).toString() == id) {
            m_list->setCurrentRow(row);
        }
    }
}

void ModelsPage::fillList() {
    // Lines are changed in place: a new list would take a screen reader's place away.
    const QSignalBlocker quiet(m_list);
    const int before = m_list->currentRow();
    const ModelView* chosen = current();
    const QString id = chosen != nullptr ? chosen->id
                       : before >= 0     ? m_list->item(before)->data(Qt::UserRole).toString()
                                         : QString();
    while (m_list->count() > m_models.models.size()) {
        delete m_list->takeItem(m_list->count() - 1);
    }
    for (int row = 0; row < m_models.models.size(); ++row) {
        const ModelView& view = m_models.models[row];
        if (row == m_list->count()) {
            m_list->addItem(QString());
        }
        const QString state = modelState(view, m_work);
        const QString name =
            state.isEmpty() ? view.name : QStringLiteral("%1  ·  %2").arg(view.name, state);
        QListWidgetItem* item = m_list->item(row);
        item->setText(name + u'\n' + modelFacts(view));
        item->setToolTip(view.folder);
        item->setData(Qt::UserRole, view.id);
        const bool bad = view.kind == ModelKind::Unusable && !view.checking;
        item->setIcon(bad || !view.damages.isEmpty() ? icon(m_theme, "error", IconTone::Danger)
                      : !view.problem.isEmpty()      ? icon(m_theme, "warning", IconTone::Amber)
                      : view.use == ModelUse::Loaded ? icon(m_theme, "check", IconTone::Accent)
                                                     : icon(m_theme, "model", IconTone::Muted));
        item->setFont(m_theme.font(0.95));
    }
    if (m_list->count() > 0) {
        m_list->setCurrentRow(std::clamp(before, 0, m_list->count() - 1));
        select(id); // it may have moved
    }
    const int rows = std::clamp(m_list->count(), 1, kMostRowsShown);
    const int rowHeight = m_list->count() > 0 ? m_list->sizeHintForRow(0) : m_theme.scaled(48);
    m_list->setFixedHeight(rows * rowHeight + 4);
    refresh();
}

void ModelsPage::refresh() {
    const ModelView* shown = current();
    QWidget* focus = QApplication::focusWidget();
    m_details->setVisible(shown != nullptr);
    const ModelView view = shown != nullptr ? *shown : ModelView{};
    const bool busyHere = m_work.busy() && m_work.id == view.id;
    const bool usable = view.kind == ModelKind::Checkpoint || view.kind == ModelKind::Package;
    const bool unfinished = view.kind == ModelKind::Unfinished;
    m_folder->setText(unfinished && !view.source.isEmpty()
                          ? tr("%1, made from %2").arg(view.folder, view.source)
                          : view.folder);
    m_problem->setText(!view.problem.isEmpty() ? view.problem
                                               : view.damages.join(QStringLiteral("\n")));
    m_problem->setVisible(!m_problem->text().isEmpty());
    m_needs->setNeeds(tr("As it is,"), usable && !view.builtIn ? view.needs : QList<ContextNeed>{},
                      m_models.device, m_models.deviceFree);
    m_buttons[Load]->setVisible(usable);
    m_buttons[Load]->setEnabled(usable &&
                                (view.use == ModelUse::None || view.use == ModelUse::Resting));
    m_buttons[Verify]->setVisible(view.kind == ModelKind::Package);
    m_buttons[Verify]->setEnabled(!m_work.busy());
    m_buttons[Resume]->setVisible(unfinished);
    m_buttons[Resume]->setEnabled(!m_work.busy() && view.problem.isEmpty());
    m_buttons[Discard]->setVisible(unfinished);
    m_buttons[Discard]->setEnabled(!busyHere);
    m_buttons[Look]->setVisible(view.kind == ModelKind::Unusable || !view.problem.isEmpty());
    m_buttons[Look]->setEnabled(!view.checking && shown != nullptr);
    m_buttons[Remove]->setVisible(shown != nullptr && !view.builtIn);
    m_buttons[Remove]->setEnabled(!busyHere && view.use == ModelUse::None);
    m_quantize->setVisible(view.kind == ModelKind::Checkpoint && !view.plans.isEmpty() &&
                           !view.builtIn);
    if (m_quantize->isVisibleTo(this)) {
        m_quantize->setCheckpoint(view, m_models);
    }
    m_steps->setVisible(std::all_of(m_models.models.begin(), m_models.models.end(),
                                    [](const ModelView& each) { return each.builtIn; }));
    if (focus != nullptr && isAncestorOf(focus) &&
        (!focus->isVisibleTo(this) || !focus->isEnabled())) {
        m_list->setFocus(); // what was pressed is gone
    }
}

void ModelsPage::refreshUsed() {
    const auto used =
        std::find_if(m_models.models.begin(), m_models.models.end(),
                     [](const ModelView& view) { return view.use != ModelUse::None; });
    if (used == m_models.models.end()) {
        m_usedTitle->setText(tr("No model is in use"));
        m_usedText->setText(tr("Choose one below and load it."));
        return;
    }
    if (used->use == ModelUse::Loading) {
        m_usedTitle->setText(tr("“%1” is being loaded").arg(used->name));
        m_usedText->setText(used->folder);
        return;
    }
    if (used->use == ModelUse::Resting) {
        m_usedTitle->setText(tr("At rest: %1").arg(used->name));
        m_usedText->setText(
            tr("Nobody used it for a while, so its memory is free. It is loaded again as soon as "
               "you ask, dictate or have a meeting written down."));
        return;
    }
    m_usedTitle->setText(tr("In use: %1").arg(used->name));
    QStringList lines{used->folder, modelFacts(*used)};
    QStringList device;
    if (!m_engine.deviceName.isEmpty()) {
        device.append(m_engine.deviceClass == DeviceClass::Software
                          ? tr("On %1 (software, very slow)").arg(m_engine.deviceName)
                          : tr("On %1").arg(m_engine.deviceName));
    }
    if (m_models.usedNow > 0) {
        device.append(m_models.usedAtMost > m_models.usedNow
                          ? tr("%1 of its memory, %2 with a full context of %3 tokens")
                                .arg(sizeText(m_models.usedNow), sizeText(m_models.usedAtMost),
                                     locale().toString(m_models.contextTokens))
                          : tr("%1 of its memory").arg(sizeText(m_models.usedNow)));
    }
    if (!device.isEmpty()) {
        lines.append(device.join(QStringLiteral(" · ")));
    }
    m_usedText->setText(lines.join(u'\n'));
}

void ModelsPage::press(Button button) {
    const ModelView* pressed = current();
    if (pressed == nullptr) {
        return;
    }
    const QString id = pressed->id;
    switch (button) {
    case Load:
        Q_EMIT loadRequested(id);
        break;
    case Verify:
        Q_EMIT verifyRequested(id);
        break;
    case Resume:
        Q_EMIT resumeRequested(id);
        break;
    case Discard:
        askToDiscard(id);
        break;
    case Look:
        Q_EMIT lookRequested(id);
        break;
    case Remove:
        Q_EMIT removeRequested(id);
        break;
    case ButtonCount:
        break;
    }
}

void ModelsPage::chooseFolder() {
    auto* dialog =
        new QFileDialog(this, tr("Choose the Folder of a Model")); // open(), never exec()
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ModelsPage::folderChosen);
    dialog->open();
}

void ModelsPage::askToDiscard(const QString& id) {
    const ModelView* unfinished = model(id);
    if (unfinished == nullptr) {
        return;
    }
    auto* question = new QMessageBox(this); // open(), never exec()
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::Warning);
    question->setWindowTitle(tr("Remove What Was Made"));
    question->setText(tr("Delete the unfinished package “%1”?").arg(unfinished->name));
    question->setInformativeText(
        tr("%1 is deleted with what Phial wrote there. The checkpoint stays as it is.")
            .arg(unfinished->folder));
    QPushButton* yes = question->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    question->setDefaultButton(question->addButton(tr("Keep"), QMessageBox::RejectRole));
    connect(yes, &QPushButton::clicked, this, [this, id] { Q_EMIT discardRequested(id); });
    question->open();
}

} // namespace phial::ui
