// SPDX-License-Identifier: MIT
// Construction and what is shown; drops, keys and menus are in main_window_input.cpp.
#include "ui/main_window.h"

#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/trash_page.h"
#include "ui/pages/home_page.h"
#include "ui/pages/models_page.h"
#include "ui/pages/settings_page.h"
#include "ui/pages/shortcuts_page.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/drop_overlay.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/sidebar.h"
#include "ui/widgets/status_line.h"
#include "ui/widgets/title_strip.h"

#include <QAbstractItemModel>
#include <QApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kSidebarWidth = 240;
constexpr int kReleaseMs = 60;      // longer than between the two halves of a repeated key
constexpr int kSidebarFits = 720;   // narrower, and the conversation would have no room beside it
constexpr int kComposerWidth = 792; // the conversation's column and the composer's padding

} // namespace

MainWindow::MainWindow(Theme& theme, QWidget* parent)
    : QMainWindow(parent)
    , m_theme(theme)
    , m_centre(new QWidget(this))
    , m_sidebar(new Sidebar(theme, m_centre))
    , m_content(new QWidget(m_centre))
    , m_title(new TitleStrip(theme, m_content))
    , m_notices(new NoticeBar(theme, m_content))
    , m_pages(new QStackedWidget(m_content))
    , m_chatPage(new QWidget)
    , m_chatStack(new QStackedWidget(m_chatPage))
    , m_home(new HomePage(theme, m_chatStack))
    , m_conversation(new ConversationView(theme, m_chatStack))
    , m_composer(new Composer(theme, m_chatPage))
    , m_composerHolder(new QWidget(m_chatPage))
    , m_meetingPage(new MeetingPage(theme, nullptr))
    , m_searchPage(new SearchPage(theme, nullptr))
    , m_trashPage(new TrashPage(theme, nullptr))
    , m_recordingBar(new RecordingBar(theme, m_content))
    , m_queueDialog(new QueueDialog(theme, this))
    , m_settingsPage(new SettingsPage(theme, nullptr))
    , m_modelsPage(new ModelsPage(theme, nullptr))
    , m_shortcutsPage(new ShortcutsPage(theme, nullptr))
    , m_status(new StatusLine(theme, m_content))
    , m_drop(new DropOverlay(theme, m_centre))
    , m_menu(new QMenu(this)) {
    setWindowTitle(QStringLiteral("Phial"));
    setWindowIcon(QIcon(QStringLiteral(":/phial/icons/org.phial.Phial.svg")));
    setAcceptDrops(true);
    setMinimumSize(360, 420);
    resize(1080, 760);
    buildCentre();
    buildMenu();
    connectParts();
    connectMeetings();
    qApp->installEventFilter(this);
    m_spaceReleased.setSingleShot(true);
    m_spaceReleased.setInterval(kReleaseMs);
    connect(&m_spaceReleased, &QTimer::timeout, this, [this] {
        m_spaceHeld = false;
        m_composer->endHold();
    });
    connect(&theme, &Theme::changed, this, &MainWindow::placeSidebar);
    updateHome();
    m_composer->focusText();
}

MainWindow::~MainWindow() {
    qApp->removeEventFilter(this);
    // The field with the focus tells once more when its window goes: to a window that is whole.
    hide();
}

void MainWindow::buildCentre() {
    setCentralWidget(m_centre);
    m_centre->setObjectName(QStringLiteral("page"));
    m_centre->setAttribute(Qt::WA_StyledBackground);

    m_chatStack->addWidget(m_home);
    m_chatStack->addWidget(m_conversation);
    auto* holder = new QHBoxLayout(m_composerHolder);
    holder->setContentsMargins(12, 0, 12, 4);
    holder->addStretch(1);
    holder->addWidget(m_composer, 100);
    holder->addStretch(1);
    m_composer->setMaximumWidth(m_theme.scaled(kComposerWidth));
    connect(&m_theme, &Theme::changed, m_composer,
            [this] { m_composer->setMaximumWidth(m_theme.scaled(kComposerWidth)); });
    auto* chat = new QVBoxLayout(m_chatPage);
    chat->setContentsMargins(0, 0, 0, 0);
    chat->setSpacing(4);
    chat->addWidget(m_chatStack, 1);
    chat->addWidget(m_composerHolder);

    m_pages->addWidget(m_chatPage);
    m_pages->addWidget(m_meetingPage);
    m_pages->addWidget(m_searchPage);
    m_pages->addWidget(m_trashPage);
    m_pages->addWidget(m_settingsPage);
    m_pages->addWidget(m_modelsPage);
    m_pages->addWidget(m_shortcutsPage);

    auto* notices = new QHBoxLayout;
    notices->setContentsMargins(12, 0, 12, 0);
    notices->addStretch(1);
    notices->addWidget(m_notices, 100);
    notices->addStretch(1);
    m_notices->setMaximumWidth(m_theme.scaled(kComposerWidth));

    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_recordingBar);
    column->addLayout(notices);
    column->addWidget(m_pages, 1);
    column->addWidget(m_status);
}

void MainWindow::connectParts() {
    connect(m_title, &TitleStrip::sidebarToggled, this, &MainWindow::toggleSidebar);
    connect(m_title, &TitleStrip::settingsRequested, this, [this] { showPage(Page::Settings); });
    connect(m_settingsPage, &SettingsPage::closeRequested, this, &MainWindow::showDocument);
    connect(m_title, &TitleStrip::addModelRequested, this, [this] { showPage(Page::Models); });
    connect(m_title, &TitleStrip::deviceChosen, this, &MainWindow::deviceChosen);
    connect(m_title, &TitleStrip::recheckRequested, this, &MainWindow::recheckRequested);
    connect(m_title, &TitleStrip::restRequested, this, &MainWindow::modelRestRequested);

    connect(m_sidebar, &Sidebar::newRequested, this, [this] {
        showPage(Page::Chat);
        Q_EMIT newConversationRequested();
    });
    connect(m_sidebar, &Sidebar::opened, this, [this](const QString& id) {
        showPage(Page::Chat);
        if (m_centre->width() < m_theme.scaled(kSidebarFits)) {
            m_sidebarChoice = SidebarChoice::Automatic; // it lay over what was chosen
            placeSidebar();
        }
        Q_EMIT conversationOpened(id);
    });
    connect(m_sidebar, &Sidebar::renameRequested, this, &MainWindow::conversationRenamed);
    connect(m_sidebar, &Sidebar::deleteRequested, this, &MainWindow::conversationDeleted);

    connect(m_home, &HomePage::talkRequested, this, [this] {
        m_composer->focusText();
        Q_EMIT captureStartRequested();
    });
    connect(m_home, &HomePage::openFilesRequested, this, &MainWindow::openFiles);
    connect(m_home, &HomePage::typeRequested, m_composer, &Composer::focusText);
    connect(m_home, &HomePage::sampleRequested, this, &MainWindow::sampleRequested);
    connect(m_home, &HomePage::addModelRequested, this, [this] { showPage(Page::Models); });

    connect(m_conversation, &ConversationView::commandRequested, this, &MainWindow::messageCommand);
    connect(m_conversation, &ConversationView::attachmentActivated, this,
            &MainWindow::attachmentActivated);
    connect(m_conversation, &ConversationView::copied, this, &MainWindow::showBriefly);

    connect(m_composer, &Composer::submitted, this, &MainWindow::submitted);
    connect(m_composer, &Composer::stopRequested, this, &MainWindow::stopRequested);
    connect(m_composer, &Composer::openFilesRequested, this, &MainWindow::openFiles);
    connect(m_composer, &Composer::sourcesOffered, this, &MainWindow::sourcesOffered);
    connect(m_composer, &Composer::attachmentRemoved, this, &MainWindow::attachmentRemoved);
    connect(m_composer, &Composer::attachmentActivated, this, &MainWindow::attachmentActivated);
    connect(m_composer, &Composer::captureStartRequested, this, &MainWindow::captureStartRequested);
    connect(m_composer, &Composer::captureEndRequested, this, &MainWindow::captureEndRequested);
    connect(m_composer, &Composer::inputDeviceChosen, this, &MainWindow::inputDeviceChosen);
    connect(m_composer, &Composer::actionChosen, this, &MainWindow::actionChosen);
    connect(m_composer, &Composer::draftChanged, this, &MainWindow::draftChanged);

    connect(m_modelsPage, &ModelsPage::closeRequested, this, &MainWindow::showDocument);
    connect(m_shortcutsPage, &ShortcutsPage::closeRequested, this, &MainWindow::showDocument);
    connect(m_notices, &NoticeBar::actionRequested, this, &MainWindow::noticeAction);
    connect(m_status, &StatusLine::cancelRequested, this, &MainWindow::jobCancelled);
}

void MainWindow::setConversations(QAbstractItemModel* model) {
    m_sidebar->setModel(model);
}

void MainWindow::setMessages(QAbstractItemModel* model) {
    m_conversation->setModel(model);
    if (model != nullptr) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &MainWindow::updateHome);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &MainWindow::updateHome);
        connect(model, &QAbstractItemModel::modelReset, this, &MainWindow::updateHome);
    }
    updateHome();
}

void MainWindow::updateHome() {
    const QAbstractItemModel* model = m_conversation->model();
    const bool empty = model == nullptr || model->rowCount() == 0;
    const bool leaving = m_home->isAncestorOf(QApplication::focusWidget());
    m_chatStack->setCurrentWidget(empty ? static_cast<QWidget*>(m_home) : m_conversation);
    if (!empty && leaving) {
        m_composer->focusText(); // the button that was pressed is gone
    }
}

void MainWindow::setCurrentConversation(const QString& id, const QString& title) {
    m_chatId = id;
    m_chatTitle = title;
    showTitle();
}

void MainWindow::showTitle() {
    const QWidget* page = m_pages->currentWidget();
    const bool meeting = page == m_meetingPage;
    const bool document = meeting || page == m_chatPage;
    const QString title = !document ? QString() : meeting ? m_meetingTitle : m_chatTitle;
    m_sidebar->setCurrent(!document ? QString() : meeting ? m_meetingId : m_chatId);
    m_title->setTitle(title);
    setWindowTitle(title.isEmpty() ? QStringLiteral("Phial") : tr("%1 – Phial").arg(title));
}

void MainWindow::setEngine(const DeviceChipState& engine) {
    m_title->setEngine(engine);
    m_home->setEngine(engine);
    m_composer->setEngine(engine);
    m_modelsPage->setEngine(engine);
}

void MainWindow::setDevices(const QList<DeviceView>& devices) {
    m_title->setDevices(devices);
}

void MainWindow::setJob(const JobView& job) {
    m_status->setJob(job);
}

void MainWindow::setContext(const ContextView& context) {
    m_composer->setContext(context);
}

void MainWindow::setAttachments(const QList<AttachmentView>& attachments) {
    m_composer->setAttachments(attachments);
}

void MainWindow::setCapture(const CaptureView& capture) {
    m_title->setCapture(capture);
    m_composer->setCapture(capture);
}

void MainWindow::setLevel(const LevelView& level) {
    m_title->setElapsed(level.elapsedMs);
    m_composer->setLevel(level);
}

void MainWindow::setInputDevices(const QList<InputDeviceView>& devices) {
    m_composer->setInputDevices(devices);
}

void MainWindow::setAnswering(Composer::Answering answering) {
    m_answering = answering == Composer::Answering::Yes;
    m_composer->setAnswering(answering);
}

void MainWindow::setSamples(const QList<SampleView>& samples) {
    m_home->setSamples(samples);
}

void MainWindow::setAction(Action action, const QString& language) {
    m_composer->setAction(action, language);
}

void MainWindow::setSendKey(SendKey key) {
    m_composer->setSendKey(key);
}

void MainWindow::showNotice(const NoticeView& notice) {
    m_notices->showNotice(notice);
}

void MainWindow::clearNotice(const QString& key) {
    m_notices->clearNotice(key);
}

void MainWindow::showBriefly(const QString& text) {
    m_status->showBriefly(text);
}

void MainWindow::clearDraft() {
    m_composer->clearDraft();
}

void MainWindow::setDraftText(const QString& text) {
    m_composer->setText(text);
}

void MainWindow::beginEdit(const QString& messageId, const QString& text) {
    showPage(Page::Chat);
    m_composer->beginEdit(messageId, text);
}

void MainWindow::openDevicePicker() {
    m_title->openDevices();
}

void MainWindow::openInputPicker() {
    m_composer->openInputPicker();
}

Submission MainWindow::draft() const {
    return m_composer->draft();
}

QWidget* MainWindow::pageWidget(Page page) const {
    switch (page) {
    case Page::Meeting:
        return m_meetingPage;
    case Page::Search:
        return m_searchPage;
    case Page::Trash:
        return m_trashPage;
    case Page::Settings:
        return m_settingsPage;
    case Page::Models:
        return m_modelsPage;
    case Page::Shortcuts:
        return m_shortcutsPage;
    case Page::Chat:
        break;
    }
    return m_chatPage;
}

void MainWindow::comeToFront() {
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::showPage(Page page) {
    QWidget* shown = pageWidget(page);
    if (page == Page::Chat || page == Page::Meeting) {
        m_document = page;
    }
    if (m_pages->currentWidget() != shown) {
        m_pages->setCurrentWidget(shown);
        showTitle();
        if (page == Page::Chat) {
            m_composer->focusText();
        } else if (page == Page::Search) {
            m_searchPage->focusSearch();
        } else if (page == Page::Settings) {
            m_settingsPage->focusSearch();
        } else if (page == Page::Meeting) {
            m_meetingPage->focusMain();
        } else {
            if (QWidget* first = shown->findChild<QToolButton*>()) {
                first->setFocus(); // Back
            }
        }
    }
}

void MainWindow::toggleSidebar() {
    const bool shown = m_sidebar->isVisible();
    m_sidebarChoice = shown ? SidebarChoice::Hidden : SidebarChoice::Shown;
    placeSidebar();
    if (!shown && m_centre->width() < m_theme.scaled(kSidebarFits)) {
        m_sidebar->setFocus();
    }
}

void MainWindow::placeSidebar() {
    const int width = m_centre->width();
    const bool fits = width >= m_theme.scaled(kSidebarFits);
    const bool shown = m_sidebarChoice == SidebarChoice::Shown ||
                       (m_sidebarChoice == SidebarChoice::Automatic && fits);
    const int sidebar = std::min(m_theme.scaled(kSidebarWidth), width - 60);
    const QRect all = m_centre->rect();
    const QRect left(0, 0, sidebar, all.height());
    const QRect right(shown && fits ? sidebar : 0, 0, width - (shown && fits ? sidebar : 0),
                      all.height());
    m_sidebar->setGeometry(QStyle::visualRect(layoutDirection(), all, left));
    m_content->setGeometry(QStyle::visualRect(layoutDirection(), all, right));
    m_sidebar->setVisible(shown);
    m_drop->setGeometry(all);
    if (shown && !fits) {
        m_sidebar->raise(); // over the conversation, which would have no room beside it
    }
    m_drop->raise();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    placeSidebar();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_recordingBar->recording() && !m_closeAgreed) {
        event->ignore();
        askBeforeClosing();
        return;
    }
    Q_EMIT aboutToClose();
    QMainWindow::closeEvent(event);
}

} // namespace phial::ui
