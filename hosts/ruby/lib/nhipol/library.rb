# frozen_string_literal: true

require 'fiddle'

module Nhipol
  # A pointer that several objects use. The last one that is collected releases it, and what it depends on.
  class Owned
    attr_reader :pointer

    def initialize(pointer, owner = nil, &release)
      @pointer = pointer
      @owner = owner
      @release = release
      @users = 1
      owner&.retain
    end

    def retain = @users += 1

    def release
      @users -= 1
      return unless @users.zero?

      @release.call(@pointer)
      @owner&.release
    end

    # Releases when the object is collected.
    def self.attach(object, owned)
      ObjectSpace.define_finalizer(object, finalizer(owned))
      owned
    end

    def self.finalizer(owned) = proc { owned.release }
  end

  # The functions of the shared library of a policy, as nhipol.h declares them. Calls release the lock of the interpreter,
  # except for those that only read an answer.
  class Library
    POINTER = Fiddle::TYPE_VOIDP
    SIZE = Fiddle::TYPE_SIZE_T
    INT = Fiddle::TYPE_INT
    DOUBLE = Fiddle::TYPE_DOUBLE
    TEXT = [POINTER, SIZE].freeze
    SESSION = [POINTER, *TEXT].freeze

    FUNCTIONS = {
      library_module: [[], POINTER],
      answer_new: [[], POINTER],
      answer_free: [[POINTER], Fiddle::TYPE_VOID],
      answer_flags: [[POINTER], -INT],
      answer_valid_until: [[POINTER], DOUBLE],
      answer_key: [[POINTER], -Fiddle::TYPE_LONG_LONG],
      answer_effect: [[POINTER], INT],
      answer_text: [[POINTER, POINTER], POINTER],
      load: [[POINTER, SIZE, SIZE, -INT, POINTER], POINTER],
      free: [[POINTER], Fiddle::TYPE_VOID],
      manifest: [[POINTER, POINTER], POINTER],
      decide: [[POINTER, *TEXT, DOUBLE, INT, POINTER], INT],
      could: [[POINTER, *TEXT, DOUBLE, INT, POINTER], INT],
      load_table: [[POINTER, *TEXT, *TEXT, POINTER], INT],
      drop_table: [[POINTER, *TEXT, POINTER], INT],
      sessions_new: [[POINTER, POINTER], POINTER],
      sessions_free: [[POINTER], Fiddle::TYPE_VOID],
      sessions_sweep: [[POINTER, DOUBLE, INT, POINTER], INT],
      sessions_due: [[POINTER], DOUBLE],
      sessions_count: [[POINTER], SIZE],
      session_open: [[*SESSION, *TEXT, DOUBLE, POINTER], INT],
      session_patch: [[*SESSION, *TEXT, POINTER], INT],
      session_replace: [[*SESSION, *TEXT, POINTER], INT],
      session_record: [[*SESSION, *TEXT, *TEXT, DOUBLE, DOUBLE, POINTER], INT],
      session_decide: [[*SESSION, *TEXT, DOUBLE, POINTER], INT],
      session_could: [[*SESSION, *TEXT, DOUBLE, POINTER], INT],
      session_reevaluate: [[*SESSION, DOUBLE, POINTER], INT],
      session_snapshot: [[*SESSION, POINTER], INT],
      session_restore: [[POINTER, *TEXT, POINTER, POINTER, POINTER], INT],
      session_close: [[*SESSION, POINTER], INT]
    }.freeze

    def initialize(path)
      @handle = Fiddle::Handle.new(path, Fiddle::RTLD_NOW)
      @buffers = Queue.new
      @functions = FUNCTIONS.to_h do |name, (parameters, result)|
        is_short = name.start_with?('answer_')
        [name, Fiddle::Function.new(@handle["nhipol_#{name}"], parameters, result, need_gvl: is_short)]
      end
    end

    # Passes a String as a pointer and its length.
    def call(name, *arguments)
      @functions[name].call(*arguments.flat_map { |each| each.is_a?(String) ? [each, each.bytesize] : [each] })
    end

    # What releases a pointer.
    def releaser(name) = proc { |pointer| call(name, pointer) }

    # Yields an answer of the library that no other call uses.
    def with_buffer
      buffer = begin
        @buffers.pop(true)
      rescue ThreadError
        Buffer.new(self)
      end
      yield buffer
    ensure
      @buffers << buffer if buffer
    end
  end

  # An answer of the library. Its contents are copied before the next call uses it.
  class Buffer
    attr_reader :pointer

    def initialize(library)
      @library = library
      @pointer = library.call(:answer_new)
      raise NoMemoryError, 'nhipol: no memory for an answer' if @pointer.null?

      @length = Fiddle::Pointer.malloc(Fiddle::SIZEOF_SIZE_T, Fiddle::RUBY_FREE)
      Owned.attach(self, Owned.new(@pointer, &library.releaser(:answer_free)))
    end

    def text
      from = @library.call(:answer_text, @pointer, @length)
      from[0, @length[0, Fiddle::SIZEOF_SIZE_T].unpack1('J')].force_encoding(Encoding::UTF_8)
    end

    def effect = EFFECTS[@library.call(:answer_effect, @pointer)]
    def flags = @library.call(:answer_flags, @pointer)
    def key = @library.call(:answer_key, @pointer)
    def valid_until = @library.call(:answer_valid_until, @pointer)
  end
end
