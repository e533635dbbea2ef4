// SPDX-License-Identifier: MIT
#include "app/composition/model_session.h"

#include "ui/pages/models_page.h"

#include <QFileDialog>

#include <utility>

namespace phial::app {

ModelSession::ModelSession(Parts parts, QObject* parent)
    : QObject(parent)
    , m_parts(std::move(parts))
    , m_manager(m_parts.places) {
    connectPage();
}

void ModelSession::setCurrent(const std::filesystem::path& folder) {
    if (!folder.empty()) {
        m_manager.add(folder);
    }
    m_manager.setCurrent(folder);
}

void ModelSession::chooseFolder(const QString& title,
                                const std::function<void(const QString&)>& then) {
    auto* dialog = new QFileDialog(&m_parts.window, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, then);
    dialog->open();
}

void ModelSession::connectPage() {
    ui::ModelsPage& page = m_parts.window.modelsPage();
    using ui::ModelsPage;
    connect(&m_parts.window, &ui::MainWindow::modelsOpened, &m_manager, &ModelManager::refresh);
    connect(&page, &ModelsPage::addRequested, this, [this] {
        chooseFolder(tr("Choose the Folder of a Model"),
                     [this](const QString& folder) { m_manager.add(folder.toStdString()); });
    });
    connect(&page, &ModelsPage::useRequested, this, [this](const QString& id) {
        const std::filesystem::path folder = id.toStdString();
        m_parts.window.showPage(ui::MainWindow::Page::Chat);
        m_parts.use(folder == m_parts.places.builtIn ? std::filesystem::path() : folder);
    });
    connect(&page, &ModelsPage::plansRequested, this,
            [this](const QString& id, const QString& folder) {
                m_manager.measurePlans(id, folder.toStdString());
            });
    connect(&page, &ModelsPage::otherFolderRequested, this, [this](const QString& id) {
        chooseFolder(tr("Where to Make the Package"), [this, id](const QString& folder) {
            m_manager.measurePlans(id, folder.toStdString());
        });
    });
    connect(&page, &ModelsPage::quantizeRequested, this,
            [this](const QString& id, const QString& plan, const QString& folder) {
                m_manager.quantize(id, plan, folder.toStdString());
            });
    connect(&page, &ModelsPage::resumeRequested, &m_manager, &ModelManager::resume);
    connect(&page, &ModelsPage::verifyRequested, &m_manager, &ModelManager::verify);
    connect(&page, &ModelsPage::removeRequested, &m_manager, &ModelManager::remove);
    connect(&page, &ModelsPage::stopRequested, &m_manager, &ModelManager::stop);
    connect(&page, &ModelsPage::workRead, &m_manager, &ModelManager::forgetWork);
    connect(&m_manager, &ModelManager::listChanged, &page, &ModelsPage::setModels);
    connect(&m_manager, &ModelManager::plansChanged, &page, &ModelsPage::setPlans);
    connect(&m_manager, &ModelManager::workChanged, this, &ModelSession::onWork);
    connect(&m_manager, &ModelManager::failed, this, [this](const QString& sentence) {
        ui::NoticeView notice;
        notice.key = QStringLiteral("models");
        notice.severity = ui::Severity::Error;
        notice.title = tr("The list of models could not be changed.");
        notice.text = sentence;
        m_parts.window.showNotice(notice);
    });
}

void ModelSession::onWork(const ui::ModelWorkView& work) {
    m_parts.window.modelsPage().setWork(work);
    // Who looks at another page learns that it has ended.
    if (work.state == ui::WorkState::Done) {
        m_parts.window.showBriefly(tr("%1 is ready").arg(work.name));
    }
}

} // namespace phial::app
