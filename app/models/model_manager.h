// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/background.h"
#include "app/base/gui_inbox.h"
#include "app/models/model_folder.h"
#include "app/models/model_work.h"
#include "app/settings/settings.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::app {

/// A listed folder and what is known of it.
struct ModelEntry {
    enum class Verdict { None, Whole, Damaged };

    settings::ListedModel listed;
    FolderReport report; ///< of the last look that ended; at first an empty one
    int looksPending = 0;
    Verdict verdict = Verdict::None; ///< of a package whose bytes were checked
    std::vector<std::string> damages;

    bool looking() const { return looksPending > 0; }
};

/// The one long job, or the last one.
struct ModelWork {
    enum class Kind { Quantize, Verify };
    enum class State { None, Running, Stopping, Stopped, Failed, Done };

    Kind kind = Kind::Quantize;
    State state = State::None;
    std::filesystem::path folder; ///< of the package
    WorkProgress progress;
    std::optional<double> secondsLeft;
    std::string problem;  ///< Failed: a sentence
    bool canGoOn = false; ///< quantizing that was stopped or failed: there is work to go on with

    bool busy() const { return state == State::Running || state == State::Stopping; }
};

/// The list of model folders and the work on them: looks at folders, makes packages, checks them.
/// Everything that touches a disk runs on threads of its own, every function returns at once, and
/// every change is told by a signal in the GUI thread, where it lives. Folders are referenced,
/// never moved; only discard() deletes, and only what quantizing left unfinished. One long job at a
/// time. The end of a job changes list and work together and is told once: who sees that it is not
/// busy any more also sees what it left. The destructor asks a job to stop and joins it; what it
/// finished stays.
class ModelManager : public QObject {
    Q_OBJECT

public:
    explicit ModelManager(ModelJobs jobs, QObject* parent = nullptr);
    ~ModelManager() override;

    /// The remembered list; looks at every folder.
    void setList(const std::vector<settings::ListedModel>& list);

    /// What the device that would be used computes in; looks again where it changes the needs.
    void setActivations(DType activations);

    const std::vector<ModelEntry>& entries() const { return m_entries; }

    const ModelEntry* find(const std::filesystem::path& folder) const;

    const ModelWork& work() const { return m_work; }

    /// The list as it is to be remembered.
    std::vector<settings::ListedModel> list() const;

    /// Looks at a folder and lists it when it holds a model: added() or refused() follows. One that
    /// is listed already is looked at again.
    void add(const std::filesystem::path& folder);

    /// Looks at one folder, or at all, again. lookedAt() follows for each.
    void look(const std::filesystem::path& folder);
    void lookAtAll();

    /// Takes a folder off the list. Deletes nothing; not while work goes on in it.
    void remove(const std::filesystem::path& folder);

    /// Makes a package of a listed checkpoint. `destination` appears when it is whole; until then
    /// DESTINATION.partial is listed. Ignored while other work goes on.
    void quantize(const std::filesystem::path& source, const std::string& plan,
                  const std::filesystem::path& destination);

    /// Goes on with an unfinished package of the list.
    void resume(const std::filesystem::path& unfinished);

    /// Deletes an unfinished package and takes it off the list; discardFailed() when it cannot be.
    void discard(const std::filesystem::path& unfinished);

    /// Checks every byte of a listed package.
    void verify(const std::filesystem::path& package);

    /// Asks the work to end: Stopping until it has, then Stopped.
    void stop();

    /// Forgets how the last work ended.
    void dismissWork();

    /// Asks how much room there is for a package: roomMeasured() follows, for the last question
    /// only.
    void measureRoom(const std::filesystem::path& destination);

Q_SIGNALS:
    void changed();     ///< the list or the state of the work
    void progressed();  ///< only the numbers of the work
    void listChanged(); ///< list() is to be remembered; after changed()
    void added(const std::filesystem::path& folder);
    void refused(const std::filesystem::path& folder, const QString& sentence);
    void lookedAt(const std::filesystem::path& folder);
    void discardFailed(const std::filesystem::path& folder, const QString& sentence);
    void workEnded(); ///< after changed()
    /// `problem` is empty, or why it cannot be told.
    void roomMeasured(const std::filesystem::path& destination, quint64 freeBytes,
                      const QString& problem);

private:
    using Clock = std::chrono::steady_clock;
    using Report = std::function<void(const WorkProgress&)>;

    ModelEntry* entry(const std::filesystem::path& folder);
    void begin(ModelWork work, std::function<WorkEnd(const Report&, const std::stop_token&)> job);
    void deliver(const WorkProgress& progress);
    void takeProgress();
    void end(const WorkEnd& how);
    void endQuantizing(const WorkEnd& how);
    void measureNext();

    const ModelJobs m_jobs;
    DType m_activations = DType::F16;
    std::vector<ModelEntry> m_entries;
    ModelWork m_work;
    std::stop_source m_stop; ///< of the work
    std::optional<Clock::time_point> m_stageBegan;
    std::optional<std::filesystem::path> m_nextRoom; ///< asked for while another is measured
    bool m_measuring = false;

    GuiInbox m_inbox;
    std::mutex m_mutex;
    std::optional<WorkProgress> m_latest; ///< guarded by m_mutex
    bool m_deliveryPosted = false;        ///< guarded by m_mutex

    Background m_looks;
    Background m_worker; ///< last members: joined before anything they use dies
};

} // namespace phial::app
