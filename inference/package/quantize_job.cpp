// SPDX-License-Identifier: MIT
#include "inference/package/quantize_job.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/package/file_hashes.h"
#include "inference/package/kept_tensor.h"
#include "inference/package/manifest.h"
#include "inference/package/output_file.h"
#include "inference/package/package_files.h"
#include "inference/package/parallel_for.h"
#include "inference/package/quantize_tensor.h"
#include "inference/package/sha256.h"
#include "inference/package/work_journal.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace phial::package {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kSaveEvery{2}; ///< most work that a killed run can lose

std::string gigabytes(std::uint64_t bytes) {
    const std::uint64_t tenths = (bytes + 50'000'000) / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

/// One run of the job: state that its steps share.
class Job {
public:
    Job(const QuantizeOptions& options,
        const std::function<void(const QuantizeProgress&)>& onProgress, std::stop_token stop)
        : m_options(options)
        , m_onProgress(onProgress)
        , m_stop(std::move(stop))
        , m_threads(options.threads > 0
                        ? options.threads
                        : std::max(1, static_cast<int>(std::thread::hardware_concurrency())))
        , m_partial(options.destination.string() + ".partial")
        , m_checkpoint(options.source)
        , m_layout(makeLayout(m_checkpoint, weights::loadModelConfig(m_checkpoint), options.plan))
        , m_sourceFiles(sourceFiles()) {}

    void run() {
        checkDestination(m_options.destination);
        WorkJournal journal(m_partial, identity(), [this] { checkSpace(); });
        removeTemporaries();
        openFiles(journal.resumed() ? OutputFile::Mode::Reopen : OutputFile::Mode::Create);
        if (!journal.resumed()) {
            for (std::size_t i = 0; i < m_files.size(); ++i) {
                m_files[i].writeAt(0, std::as_bytes(std::span(m_layout.files[i].header)));
            }
            journal.begin();
        }
        for (const PackedTensor& tensor : m_layout.tensors) {
            m_progress.bytesTotal += tensor.source->bytes();
        }
        m_progress.tensorsTotal = static_cast<std::int64_t>(m_layout.tensors.size());
        try {
            for (const PackedTensor& tensor : m_layout.tensors) {
                if (journal.isDone(tensor.source->name)) {
                    m_progress.bytesResumed += tensor.source->bytes();
                    m_progress.bytesDone += tensor.source->bytes();
                } else {
                    work(tensor);
                    m_unsaved.push_back(&tensor);
                    if (std::chrono::steady_clock::now() - m_lastSave > kSaveEvery) {
                        save(journal);
                    }
                }
                ++m_progress.tensorsDone;
            }
            save(journal);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Cancelled) {
                save(journal);
            }
            throw;
        }
        finish();
        std::error_code error;
        fs::rename(m_partial, m_options.destination, error);
        if (error) {
            throw Error(ErrorCode::FileUnwritable, "cannot rename " + m_partial.string() + " to " +
                                                       m_options.destination.string() + ": " +
                                                       error.message());
        }
        WorkJournal::removeFrom(m_options.destination);
    }

private:
    /// Notes finished tensors in the journal once their bytes are on the disk. Not after every
    /// small tensor: a sync takes longer than quantizing one.
    void save(WorkJournal& journal) {
        for (const OutputFile& file : m_files) {
            file.sync();
        }
        for (const PackedTensor* tensor : m_unsaved) {
            journal.markDone(tensor->source->name);
        }
        journal.sync();
        m_unsaved.clear();
        m_lastSave = std::chrono::steady_clock::now();
    }

    /// A program killed while it wrote a small file leaves that file's temporary (NAME.XXXXXX, see
    /// atomic_file.h) in the partial folder: it does not belong into the package.
    void removeTemporaries() const {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(m_partial)) {
            if (isTemporary(entry.path().lexically_relative(m_partial).generic_string())) {
                std::error_code ignored; // at worst it stays, and does no harm
                fs::remove(entry.path(), ignored);
            }
        }
    }

    /// What a partial folder must agree with to be continued.
    std::string identity() const {
        Sha256 hash;
        for (const LayoutFile& file : m_layout.files) {
            hash.add(std::as_bytes(std::span(file.header)));
        }
        for (const auto& [name, record] : m_sourceFiles) {
            const std::string line = name + std::to_string(record.bytes) + record.sha256;
            hash.add(std::as_bytes(std::span(line)));
        }
        for (const PackedTensor& tensor : m_layout.tensors) {
            const std::string line = tensor.source->name + schemeName(tensor.scheme);
            hash.add(std::as_bytes(std::span(line)));
        }
        for (const auto& [name, sample] : m_options.calibration) {
            hash.add(std::as_bytes(std::span(name)));
            hash.add(std::as_bytes(std::span(sample.values)));
        }
        for (const CalibrationFile& file : m_options.calibrationRecord.files) {
            const std::string line = file.name + file.record.sha256;
            hash.add(std::as_bytes(std::span(line)));
        }
        return hash.finish();
    }

    /// Read once, before the work: that the files change meanwhile must not go unnoticed.
    std::map<std::string, FileRecord> sourceFiles() const {
        std::map<std::string, FileRecord> files;
        for (const auto& [name, entry] : m_checkpoint.tensors()) {
            const fs::path& path = entry.file->path();
            FileRecord& record = files[fs::relative(path, m_options.source).generic_string()];
            if (record.bytes == 0) {
                const MappedFile file(path);
                std::uint64_t headerBytes = 0;
                file.readAt(0, std::as_writable_bytes(std::span(&headerBytes, 1)));
                std::vector<std::byte> header(
                    std::min<std::uint64_t>(headerBytes + 8, file.bytes().size()));
                file.readAt(0, header);
                Sha256 hash;
                hash.add(header);
                record = {file.bytes().size(), hash.finish()};
            }
        }
        return files;
    }

    void checkSpace() const {
        std::error_code error;
        const fs::path parent = fs::absolute(m_options.destination).parent_path();
        const fs::space_info space = fs::space(parent, error);
        if (error) {
            throw Error(ErrorCode::FileUnwritable,
                        "cannot use the folder " + parent.string() + ": " + error.message());
        }
        const std::uint64_t needed = diskNeeded(m_layout);
        if (space.available < needed) {
            throw Error(ErrorCode::DiskFull, "the package needs " + gigabytes(needed) + ", " +
                                                 parent.string() + " has " +
                                                 gigabytes(space.available) +
                                                 " free; free some space or choose another folder");
        }
    }

    static void createFolder(const fs::path& folder) {
        std::error_code error;
        fs::create_directory(folder, error); // no error where it exists already
        if (error) {
            throw Error(ErrorCode::FileUnwritable,
                        "cannot make the folder " + folder.string() + ": " + error.message());
        }
    }

    void openFiles(OutputFile::Mode mode) {
        for (const LayoutFile& file : m_layout.files) {
            m_files.emplace_back(m_partial / file.name, file.bytes, mode);
        }
    }

    void report(const std::string& tensor, std::uint64_t bytes) {
        const std::lock_guard lock(m_mutex);
        m_progress.bytesDone += bytes;
        m_progress.tensor = tensor;
        if (m_onProgress) {
            m_onProgress(m_progress);
        }
    }

    void work(const PackedTensor& tensor) {
        if (m_stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "quantization was stopped");
        }
        const std::string& name = tensor.source->name;
        report(name, 0);
        const std::vector<float> factor =
            tensor.dividedBy.empty() ? std::vector<float>{} : inverseColumnScale(tensor.dividedBy);
        try {
            if (tensor.scheme.quantized()) {
                quantize(tensor, factor);
            } else {
                copy(tensor, factor);
            }
        } catch (const Error& error) {
            if (error.code() == ErrorCode::BadCheckpoint) {
                throw error.with(tensor.source->file->path().string());
            }
            if (error.code() == ErrorCode::DiskFull || error.code() == ErrorCode::FileUnwritable) {
                throw error.with("writing tensor '" + name + "'");
            }
            throw;
        }
    }

    void quantize(const PackedTensor& tensor, const std::vector<float>& factor) {
        const weights::TensorEntry& entry = *tensor.source;
        MatrixSource source;
        source.name = entry.name;
        source.rows = tensor.rows;
        source.columns = tensor.columns;
        source.read = [&entry, columns = tensor.columns](
                          std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn,
                          std::int64_t count, float* out, std::int64_t stride) {
            if (count == columns && stride == columns) {
                weights::Checkpoint::readFloats(entry, firstRow * columns,
                                                {out, static_cast<std::size_t>(rows * columns)});
                return;
            }
            for (std::int64_t i = 0; i < rows; ++i) {
                weights::Checkpoint::readFloats(
                    entry, (firstRow + i) * columns + firstColumn,
                    {out + i * stride, static_cast<std::size_t>(count)});
            }
        };
        QuantizeTensorOptions options;
        options.scheme = tensor.scheme;
        options.threads = m_threads;
        options.memoryBytes = m_options.memoryBytes;
        options.columnFactor = factor;
        if (const auto sample = m_options.calibration.find(entry.name);
            sample != m_options.calibration.end()) {
            options.inputs = {sample->second.values.data(), sample->second.rows(),
                              sample->second.columns, sample->second.columns};
        }
        quantizeTensor(
            source, options,
            [&](std::size_t plane, std::uint64_t offset, std::span<const std::byte> bytes) {
                const Placement& place = tensor.stored[plane];
                check(offset + bytes.size() <= place.bytes, "a plane is written past its end");
                m_files[place.file].writeAt(place.offset + offset, bytes);
            },
            [&, width = static_cast<std::uint64_t>(weights::storedTypeBytes(entry.type()))](
                std::int64_t weights) {
                report(entry.name, static_cast<std::uint64_t>(weights) * width);
            },
            m_stop);
    }

    void copy(const PackedTensor& tensor, const std::vector<float>& factor) {
        constexpr std::size_t kPiece = 4U << 20;
        const weights::TensorEntry& entry = *tensor.source;
        const Placement& place = tensor.stored.front();
        const auto width = static_cast<std::uint64_t>(weights::storedTypeBytes(entry.type()));
        std::vector<std::byte> buffer(std::min<std::uint64_t>(kPiece, place.bytes));
        for (std::uint64_t at = 0; at < place.bytes; at += buffer.size()) {
            const std::span<std::byte> piece(
                buffer.data(), std::min<std::uint64_t>(buffer.size(), place.bytes - at));
            weights::Checkpoint::readBytes(entry, at, piece);
            checkFinite(entry, static_cast<std::int64_t>(at / width), piece);
            if (!factor.empty()) {
                scaleColumns(entry, static_cast<std::int64_t>(at / width), piece, factor);
            }
            m_files[place.file].writeAt(place.offset + at, piece);
        }
        report(entry.name, entry.bytes());
    }

    /// 1 / t of a base matrix that is finished, read back from its plane: so a resumed run uses the
    /// very same numbers.
    std::vector<float> inverseColumnScale(const std::string& base) const {
        const auto found =
            std::find_if(m_layout.tensors.begin(), m_layout.tensors.end(),
                         [&](const PackedTensor& t) { return t.source->name == base; });
        check(found != m_layout.tensors.end(), "an adapter's base is in the package");
        const Placement& place = found->stored.back();
        std::vector<std::uint16_t> halves(place.bytes / 2);
        m_files[place.file].readAt(place.offset, std::as_writable_bytes(std::span(halves)));
        std::vector<float> factor(halves.size());
        std::transform(halves.begin(), halves.end(), factor.begin(),
                       [](std::uint16_t h) { return 1.0F / halfToFloat(h); });
        return factor;
    }

    /// Companion files, hashes of everything, and phial.json.
    void finish() {
        Manifest manifest;
        manifest.plan =
            m_options.plan.name() + (m_options.calibration.empty() ? "" : ", calibrated");
        if (!m_options.calibration.empty()) {
            manifest.calibration = m_options.calibrationRecord;
        }
        manifest.sourceName = fs::absolute(m_options.source).lexically_normal().filename().string();
        manifest.sourceFiles = m_sourceFiles;
        for (const char* name : copiedFiles()) {
            const fs::path from = m_options.source / name;
            if (fs::exists(from)) {
                const MappedFile file(from);
                std::vector<std::byte> content(file.bytes().size());
                file.readAt(0, content);
                createFolder((m_partial / name).parent_path());
                writeWhole(m_partial / name, content);
                manifest.files[name] = {content.size(),
                                        hashFile(
                                            m_partial / name, {}, [](std::uint64_t) {}, m_stop)
                                            .whole};
            }
        }
        m_progress.stage = QuantizeProgress::Stage::Checking;
        m_progress.bytesDone = 0;
        m_progress.bytesResumed = 0;
        m_progress.bytesTotal = m_layout.packageBytes;
        std::mutex mutex;
        parallelFor(static_cast<std::int64_t>(m_layout.files.size()), m_threads,
                    [&](std::int64_t index) {
                        const auto number = static_cast<std::size_t>(index);
                        const LayoutFile& file = m_layout.files[number];
                        m_files[number].sync();
                        std::vector<NamedRange> ranges;
                        for (const PackedTensor& tensor : m_layout.tensors) {
                            for (const Placement& place : tensor.stored) {
                                if (place.file == number) {
                                    ranges.push_back({place.name, place.offset, place.bytes});
                                }
                            }
                        }
                        const FileHashes hashes = hashFile(
                            m_partial / file.name, ranges,
                            [&](std::uint64_t n) { report(file.name, n); }, m_stop);
                        const std::lock_guard lock(mutex);
                        manifest.files[file.name] = {file.bytes, hashes.whole};
                        for (const PackedTensor& tensor : m_layout.tensors) {
                            for (const Placement& place : tensor.stored) {
                                if (place.file == number) {
                                    manifest.tensors[tensor.source->name].sha256[place.name] =
                                        hashes.ranges.at(place.name);
                                }
                            }
                        }
                    });
        for (const PackedTensor& tensor : m_layout.tensors) {
            TensorRecord& record = manifest.tensors[tensor.source->name];
            record.scheme = tensor.scheme;
            record.file = m_layout.files[tensor.stored.front().file].name;
            record.rows = tensor.rows;
            record.columns = tensor.columns;
            record.paddedColumns =
                tensor.scheme.quantized() ? paddedColumns(tensor.columns, tensor.scheme) : 0;
        }
        const std::string json = manifest.toJson();
        writeWhole(m_partial / kManifestName, std::as_bytes(std::span(json)));
        static_cast<void>(Manifest::load(m_partial));
    }

    const QuantizeOptions& m_options;
    const std::function<void(const QuantizeProgress&)>& m_onProgress;
    std::stop_token m_stop;
    int m_threads;
    fs::path m_partial;
    weights::Checkpoint m_checkpoint;
    Layout m_layout; ///< points into m_checkpoint
    std::map<std::string, FileRecord> m_sourceFiles;
    std::vector<OutputFile> m_files;
    std::vector<const PackedTensor*> m_unsaved; ///< finished, not yet in the journal
    std::chrono::steady_clock::time_point m_lastSave = std::chrono::steady_clock::now();
    std::mutex m_mutex;
    QuantizeProgress m_progress;
};

} // namespace

void checkDestination(const fs::path& destination) {
    if (fs::exists(destination)) {
        throw Error(ErrorCode::InvalidArgument,
                    destination.string() + " exists already; choose another name or remove it");
    }
}

void quantizeCheckpoint(const QuantizeOptions& options,
                        const std::function<void(const QuantizeProgress&)>& onProgress,
                        std::stop_token stop) {
    Job(options, onProgress, std::move(stop)).run();
}

} // namespace phial::package
