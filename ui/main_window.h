// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/intents.h"
#include "ui/contracts/meeting_view.h"
#include "ui/contracts/notice_view.h"
#include "ui/conversation/conversation_view.h"
#include "ui/widgets/composer.h"

#include <QMainWindow>
#include <QTimer>

#include <functional>

class QAbstractItemModel;
class QMenu;
class QMimeData;
class QStackedWidget;

namespace phial::ui {

class DropOverlay;
class HomePage;
class MeetingPage;
class ModelsPage;
class NoticeBar;
class QueueDialog;
class RecordingBar;
class SearchPage;
class SettingsPage;
class ShortcutsPage;
class Sidebar;
class StatusLine;
class Theme;
class TitleStrip;
class TrashPage;
struct OfferedItem;
enum class Bytes;

/// The window. Shows what it is given and emits what the user wants; decides nothing and knows no
/// engine. All functions and signals in the GUI thread. `theme` must outlive it.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Theme& theme, QWidget* parent = nullptr);
    ~MainWindow() override;

    // What is shown.
    void setConversations(QAbstractItemModel* model); ///< ConversationRoles
    void setMessages(QAbstractItemModel* model);      ///< MessageRoles
    void setCurrentConversation(const QString& id, const QString& title);
    void setCurrentMeeting(const QString& id, const QString& title);
    void setRecording(const RecordingView& recording);
    void setRecordingSources(const RecordingSources& sources);
    void setQueue(const QList<QueueItem>& items);
    void setEngine(const DeviceChipState& engine);
    void setDevices(const QList<DeviceView>& devices);
    void setJob(const JobView& job);
    void setContext(const ContextView& context);
    void setAttachments(const QList<AttachmentView>& attachments);
    void setCapture(const CaptureView& capture);
    void setLevel(const LevelView& level);
    void setInputDevices(const QList<InputDeviceView>& devices);
    void setAnswering(Composer::Answering answering);
    void setSamples(const QList<SampleView>& samples);
    void setAction(Action action, const QString& language);
    void setSendKey(SendKey key);
    void showNotice(const NoticeView& notice);
    void clearNotice(const QString& key);
    void showBriefly(const QString& text);

    // What the application asks the window to do.
    void clearDraft();
    void setDraftText(const QString& text);
    void beginEdit(const QString& messageId, const QString& text);
    void openDevicePicker();
    void openInputPicker();
    enum class Page { Chat, Meeting, Search, Trash, Models, Settings, Shortcuts };
    void showPage(Page page);
    void comeToFront();

    // The parts for meetings and models; who connects the window connects them.
    Theme& theme() { return m_theme; }

    MeetingPage& meetingPage() { return *m_meetingPage; }

    RecordingBar& recordingBar() { return *m_recordingBar; }

    QueueDialog& queueDialog() { return *m_queueDialog; }

    SearchPage& searchPage() { return *m_searchPage; }

    TrashPage& trashPage() { return *m_trashPage; }

    SettingsPage& settingsPage() { return *m_settingsPage; }

    ModelsPage& modelsPage() { return *m_modelsPage; }

    Submission draft() const;

    // For tests.
    ConversationView& conversation() { return *m_conversation; }

    Composer& composer() { return *m_composer; }

Q_SIGNALS:
    void submitted(const phial::ui::Submission& submission);
    void stopRequested();
    void draftChanged(const phial::ui::Submission& draft);
    void actionChosen(phial::ui::Action action);
    void sourcesOffered(const QList<phial::ui::AttachmentSource>& sources);
    void attachmentRemoved(const QString& id);
    void attachmentActivated(const phial::ui::AttachmentView& view);
    void captureStartRequested();
    void captureEndRequested(phial::ui::CaptureEnd end, const phial::ui::Submission& draft);
    void inputDeviceChosen(const QString& id);
    void messageCommand(phial::ui::MessageCommand command, const QString& messageId);
    void newConversationRequested();
    void conversationOpened(const QString& id);
    void conversationRenamed(const QString& id, const QString& title);
    void conversationDeleted(const QString& id);
    void meetingOpened(const QString& id);
    void meetingRenamed(const QString& id, const QString& title);
    void meetingDeleted(const QString& id);
    void recordingToggled();
    void systemAudioChosen(bool recorded); ///< beside the microphone, from the next recording on
    void bookmarkRequested();
    void importRequested(const QStringList& paths); ///< files and folders
    void trashOpened();
    void queueCancelled(qint64 number);
    void sampleRequested(const QString& id);
    void noticeAction(const QString& key, phial::ui::NoticeAction action);
    void deviceChosen(const QString& id);
    void recheckRequested();
    void modelRestRequested();
    void modelFolderDropped(const QString& path);
    void jobCancelled();
    void themeChosen(phial::ui::ThemeChoice choice);
    void zoomChosen(int percent);
    void aboutToClose();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    enum class SidebarChoice { Automatic, Shown, Hidden };

    void buildCentre();
    void buildMenu();
    void addShortcut(const QKeySequence& keys, const std::function<void()>& action);
    void connectParts();
    void toggleSidebar();
    void placeSidebar();
    void openFiles();
    void updateHome();
    void addMeetingEntries(QMenu& menu);
    void connectMeetings();
    void askBeforeClosing();
    void importFiles();
    void importFolder();
    bool importsAt(const QPoint& place) const;
    QString modelFolder(const QMimeData& offer) const; ///< that would be listed; or empty
    QList<OfferedItem> offered(const QMimeData& offer, const QPoint& place, Bytes bytes) const;
    void showDocument(); ///< the chat or meeting that was shown before a page of the program
    QWidget* pageWidget(Page page) const;
    void showTitle(); ///< of what the window shows
    void escape();
    void chooseTheme(ThemeChoice choice);
    void chooseZoom(int percent);

    Theme& m_theme;
    QWidget* m_centre;
    Sidebar* m_sidebar;
    QWidget* m_content;
    TitleStrip* m_title;
    NoticeBar* m_notices;
    QStackedWidget* m_pages;
    QWidget* m_chatPage;
    QStackedWidget* m_chatStack;
    HomePage* m_home;
    ConversationView* m_conversation;
    Composer* m_composer;
    QWidget* m_composerHolder;
    MeetingPage* m_meetingPage;
    SearchPage* m_searchPage;
    TrashPage* m_trashPage;
    RecordingBar* m_recordingBar;
    QueueDialog* m_queueDialog;
    SettingsPage* m_settingsPage;
    ModelsPage* m_modelsPage;
    ShortcutsPage* m_shortcutsPage;
    StatusLine* m_status;
    DropOverlay* m_drop;
    QMenu* m_menu;
    SidebarChoice m_sidebarChoice = SidebarChoice::Automatic;
    Page m_document = Page::Chat; ///< Chat or Meeting: what Back leads to
    QString m_chatId;
    QString m_chatTitle;
    QString m_meetingId;
    QString m_meetingTitle;
    bool m_closeAgreed = false; ///< although a meeting is being recorded
    bool m_answering = false;
    bool m_spaceHeld = false;
    QTimer m_spaceReleased; ///< runs from the release of a held Space until it is believed
};

} // namespace phial::ui
