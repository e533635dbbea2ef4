// SPDX-License-Identifier: MIT
#include "inference/gpu/spirv_reflection.h"

#include "inference/base/error.h"

#include <algorithm>
#include <unordered_map>

namespace phial::gpu {
namespace {

// Numbers of the SPIR-V specification.
constexpr std::uint32_t kMagic = 0x07230203;

enum Op : std::uint32_t {
    OpExecutionMode = 16,
    OpCapability = 17,
    OpTypeInt = 21,
    OpTypeFloat = 22,
    OpTypeVector = 23,
    OpTypeArray = 28,
    OpTypeRuntimeArray = 29,
    OpTypeStruct = 30,
    OpTypePointer = 32,
    OpConstant = 43,
    OpConstantComposite = 44,
    OpSpecConstant = 50,
    OpSpecConstantComposite = 51,
    OpVariable = 59,
    OpDecorate = 71,
    OpMemberDecorate = 72,
    OpExecutionModeId = 331,
};

enum Decoration : std::uint32_t {
    SpecId = 1,
    ArrayStride = 6,
    BuiltIn = 11,
    NonWritable = 24,
    NonReadable = 25,
    Binding = 33,
    DescriptorSet = 34,
    Offset = 35,
};

constexpr std::uint32_t kBuiltInNumWorkgroups = 24;
constexpr std::uint32_t kBuiltInWorkgroupSize = 25;
constexpr std::uint32_t kModeLocalSize = 17;
constexpr std::uint32_t kModeLocalSizeId = 38;
constexpr std::uint32_t kStoragePushConstant = 9;
constexpr std::uint32_t kStorageBuffer = 12;

/// Everything known about one result id.
struct Id {
    std::uint32_t op = 0;
    std::vector<std::uint32_t> operands; // after the result id
    std::optional<std::uint32_t> binding, set, specId, arrayStride;
    bool nonWritable = false;
    bool nonReadable = false;
    bool workgroupSize = false;

    struct Member {
        std::uint32_t offset = 0;
        bool nonWritable = false;
        bool nonReadable = false;
    };

    std::vector<Member> members;

    Member& member(std::uint32_t index) {
        members.resize(std::max<std::size_t>(members.size(), index + 1));
        return members[index];
    }
};

class Reader {
public:
    Reader(std::span<const std::uint32_t> words, const std::string& shader)
        : m_words(words)
        , m_shader(shader) {}

    ShaderInterface read() {
        require(m_words.size() >= 5 && m_words[0] == kMagic, "is not SPIR-V");
        for (std::size_t at = 5; at < m_words.size();) {
            const std::uint32_t count = m_words[at] >> 16;
            require(count > 0 && at + count <= m_words.size(), "is cut off");
            instruction(m_words[at] & 0xffffU, m_words.subspan(at + 1, count - 1));
            at += count;
        }
        readLocalSize();
        readVariables();
        return std::move(m_result);
    }

private:
    void require(bool good, const char* what) const {
        if (!good) {
            throw Error(ErrorCode::Internal, "Shader " + m_shader + " " + what + ".");
        }
    }

    const Id& id(std::uint32_t number) const {
        const auto found = m_ids.find(number);
        require(found != m_ids.end(), "refers to an unknown id");
        return found->second;
    }

    void instruction(std::uint32_t op, std::span<const std::uint32_t> args) {
        switch (op) {
        case OpCapability:
            m_result.capabilities.push_back(args[0]);
            break;
        case OpExecutionMode:
            if (args[1] == kModeLocalSize) {
                for (std::size_t i = 0; i < 3; ++i) {
                    m_result.localSize[i].value = args[2 + i];
                }
            }
            break;
        case OpExecutionModeId:
            if (args[1] == kModeLocalSizeId) {
                m_sizeIds.assign(args.begin() + 2, args.begin() + 5);
            }
            break;
        case OpDecorate:
            decorate(m_ids[args[0]], args);
            break;
        case OpMemberDecorate:
            decorateMember(m_ids[args[0]].member(args[1]), args);
            break;
        case OpTypeInt:
        case OpTypeFloat:
        case OpTypeVector:
        case OpTypeArray:
        case OpTypeRuntimeArray:
        case OpTypeStruct:
        case OpTypePointer:
            define(args[0], op, args.subspan(1));
            break;
        case OpConstant:
        case OpSpecConstant:
        case OpConstantComposite:
        case OpSpecConstantComposite:
            define(args[1], op, args.subspan(2));
            break;
        case OpVariable: // operands: type, storage class
            define(args[1], op, std::array{args[0], args[2]});
            m_variables.push_back(args[1]);
            break;
        default:
            break;
        }
    }

    void define(std::uint32_t number, std::uint32_t op, std::span<const std::uint32_t> operands) {
        Id& target = m_ids[number];
        target.op = op;
        target.operands.assign(operands.begin(), operands.end());
    }

    void decorate(Id& target, std::span<const std::uint32_t> args) {
        switch (args[1]) {
        case SpecId:
            target.specId = args[2];
            break;
        case ArrayStride:
            target.arrayStride = args[2];
            break;
        case BuiltIn:
            target.workgroupSize = args[2] == kBuiltInWorkgroupSize;
            m_result.countsGroups = m_result.countsGroups || args[2] == kBuiltInNumWorkgroups;
            break;
        case Binding:
            target.binding = args[2];
            break;
        case DescriptorSet:
            target.set = args[2];
            break;
        case NonWritable:
            target.nonWritable = true;
            break;
        case NonReadable:
            target.nonReadable = true;
            break;
        default:
            break;
        }
    }

    static void decorateMember(Id::Member& member, std::span<const std::uint32_t> args) {
        switch (args[2]) {
        case Offset:
            member.offset = args[3];
            break;
        case NonWritable:
            member.nonWritable = true;
            break;
        case NonReadable:
            member.nonReadable = true;
            break;
        default:
            break;
        }
    }

    ShaderInterface::Size sizeFrom(std::uint32_t number) const {
        const Id& constant = id(number);
        require(constant.op == OpConstant || constant.op == OpSpecConstant,
                "computes its workgroup size");
        return {constant.operands[0], constant.specId};
    }

    void readLocalSize() {
        for (const auto& [number, value] : m_ids) {
            // A WorkgroupSize constant outranks the LocalSize mode.
            if (value.workgroupSize) {
                m_sizeIds = value.operands;
            }
        }
        for (std::size_t i = 0; i < m_sizeIds.size(); ++i) {
            m_result.localSize[i] = sizeFrom(m_sizeIds[i]);
        }
    }

    std::uint32_t bytesOf(std::uint32_t type) const {
        const Id& t = id(type);
        switch (t.op) {
        case OpTypeInt:
        case OpTypeFloat:
            return t.operands[0] / 8;
        case OpTypeVector:
            return bytesOf(t.operands[0]) * t.operands[1];
        case OpTypeArray:
            return t.arrayStride.value_or(bytesOf(t.operands[0])) * id(t.operands[1]).operands[0];
        case OpTypeStruct: {
            std::uint32_t bytes = 0;
            for (std::size_t i = 0; i < t.operands.size(); ++i) {
                const std::uint32_t offset = i < t.members.size() ? t.members[i].offset : 0;
                bytes = std::max(bytes, offset + bytesOf(t.operands[i]));
            }
            return bytes;
        }
        default:
            require(false, "has a push constant of a type the reader does not know");
            return 0;
        }
    }

    Access accessOf(const Id& variable, const Id& block) const {
        const auto all = [&](bool Id::Member::*flag) {
            return !block.members.empty() && block.members.size() == block.operands.size() &&
                   std::all_of(block.members.begin(), block.members.end(),
                               [&](const Id::Member& member) { return member.*flag; });
        };
        if (variable.nonWritable || all(&Id::Member::nonWritable)) {
            return Access::Read;
        }
        if (variable.nonReadable || all(&Id::Member::nonReadable)) {
            return Access::Write;
        }
        return Access::ReadWrite;
    }

    void readVariables() {
        for (const std::uint32_t number : m_variables) {
            const Id& variable = id(number);
            const std::uint32_t storage = variable.operands[1];
            const Id& pointer = id(variable.operands[0]);
            if (storage == kStoragePushConstant) {
                m_result.pushConstantBytes = bytesOf(pointer.operands[1]);
            } else if (variable.binding.has_value()) {
                require(storage == kStorageBuffer && variable.set.value_or(0) == 0,
                        "binds something other than storage buffers of set 0");
                const std::uint32_t binding = *variable.binding;
                // A number the compiler dropped because it is unused counts as read.
                if (m_result.bindings.size() <= binding) {
                    m_result.bindings.resize(binding + 1, Access::Read);
                }
                m_result.bindings[binding] = accessOf(variable, id(pointer.operands[1]));
            }
        }
    }

    std::span<const std::uint32_t> m_words;
    const std::string& m_shader;
    ShaderInterface m_result;
    std::unordered_map<std::uint32_t, Id> m_ids;
    std::vector<std::uint32_t> m_variables;
    std::vector<std::uint32_t> m_sizeIds;
};

} // namespace

std::array<std::uint32_t, 3>
ShaderInterface::localSizeWith(std::span<const std::uint32_t> constants) const {
    std::array<std::uint32_t, 3> size{};
    for (std::size_t i = 0; i < size.size(); ++i) {
        const Size& axis = localSize[i];
        size[i] = axis.constant.has_value() && *axis.constant < constants.size()
                      ? constants[*axis.constant]
                      : axis.value;
    }
    return size;
}

ShaderInterface reflect(std::span<const std::uint32_t> words, const std::string& shader) {
    return Reader(words, shader).read();
}

} // namespace phial::gpu
