# frozen_string_literal: true

require 'digest'
require 'fileutils'
require 'open3'

# Makes the shared libraries of modules by `nhipol-cc` of the host for C, and caches them by what they are made of.
class Libraries
  HOST = File.expand_path('../../c', __dir__)
  FOLDER = File.expand_path('../tmp/modules', __dir__)
  SOURCES = Dir["#{HOST}/{nhipol-cc,include/*.h,src/*}"].sort

  def initialize(flags)
    @flags = flags
    @seed = Digest::SHA256.hexdigest([flags, *SOURCES.map { |path| File.binread(path) }].join("\0"))
    @archive = "#{FOLDER}/host-#{@seed[0, 16]}/libnhipol.a"
    FileUtils.mkdir_p(File.dirname(@archive))
    make_archive unless File.exist?(@archive)
  end

  # The path of the library of a module; nil: it was refused.
  def of(bytes)
    path = "#{FOLDER}/#{Digest::SHA256.hexdigest(@seed + Digest::SHA256.hexdigest(bytes))[0, 32]}.so"
    return path if File.exist?(path)

    File.binwrite("#{path}.wasm", bytes)
    environment = { 'NHIPOL_CFLAGS' => @flags, 'NHIPOL_LIB' => @archive }
    output, status = Open3.capture2e(environment, "#{HOST}/nhipol-cc", '-s', path, "#{path}.wasm")
    warn output unless status.success?
    status.success? ? path : nil
  end

  private

  def make_archive
    folder = File.dirname(@archive)
    sources = SOURCES.grep(/\.c\z/)
    flags = %W[-std=c11 -D_POSIX_C_SOURCE=200809L -O2 -fPIC -I#{HOST}/include -c]
    system('cc', *flags, *sources, chdir: folder, exception: true)
    system('ar', 'rcs', @archive, *sources.map { |path| "#{folder}/#{File.basename(path, '.c')}.o" }, exception: true)
  end
end
