import { type ConnectorMetadata } from '@logto/connector-kit';

/**
 * What Logto shows of the connector. Hosts store `id` and `target` with each configured connector, so they stay as
 * they are. Without `formItems`, Console opens its JSON editor, filled with the config template.
 */
export const metadata: ConnectorMetadata = {
  id: 'aliyun-short-message-auth-service',
  target: 'aliyun-sms-mas',
  platform: null,
  name: {
    en: 'Aliyun Message Authentication Service',
    'zh-CN': '阿里云短信认证服务',
    'zh-HK': '阿里雲短信認證服務',
    'zh-TW': '阿里雲簡訊認證服務',
    ja: 'Aliyun SMS 認証サービス',
    ko: 'Aliyun 문자 메시지 인증 서비스',
    de: 'Aliyun SMS-Authentifizierungsdienst',
    fr: "Service d'authentification par SMS Aliyun",
    es: 'Servicio de autenticación por SMS de Aliyun',
    it: 'Servizio di autenticazione via SMS di Aliyun',
    'pt-BR': 'Serviço de autenticação por SMS da Aliyun',
    'pt-PT': 'Serviço de autenticação por SMS da Aliyun',
    'pl-PL': 'Usługa uwierzytelniania SMS Aliyun',
    ru: 'Служба SMS-аутентификации Aliyun',
    'tr-TR': 'Aliyun SMS Kimlik Doğrulama Hizmeti',
    ar: 'خدمة المصادقة عبر الرسائل القصيرة من Aliyun',
    th: 'บริการยืนยันตัวตนทาง SMS ของ Aliyun',
  },
  description: {
    en: 'Sends verification codes by SMS to mobile numbers of mainland China, with signatures and templates that Aliyun provides.',
    'zh-CN':
      '使用阿里云系统赠送的签名和模板发送短信验证码，无需申请签名和模板。仅支持中国大陆手机号。',
    'zh-HK':
      '使用阿里雲系統贈送的簽名和範本發送短信驗證碼，毋須申請簽名和範本。僅支援中國內地手機號碼。',
    'zh-TW':
      '使用阿里雲系統贈送的簽名和範本傳送簡訊驗證碼，不需申請簽名和範本。僅支援中國大陸手機號碼。',
    ja: 'Aliyun が提供する署名とテンプレートを使い、中国本土の携帯電話番号に SMS で認証コードを送信します。',
    ko: 'Aliyun이 제공하는 서명과 템플릿으로 중국 본토 휴대전화 번호에 인증 코드를 문자로 보냅니다.',
    de: 'Sendet Bestätigungscodes per SMS an Mobilnummern in Festlandchina, mit von Aliyun bereitgestellten Signaturen und Vorlagen.',
    fr: 'Envoie des codes de vérification par SMS aux numéros mobiles de Chine continentale, avec les signatures et modèles fournis par Aliyun.',
    es: 'Envía códigos de verificación por SMS a números móviles de China continental, con firmas y plantillas proporcionadas por Aliyun.',
    it: 'Invia codici di verifica via SMS ai numeri di cellulare della Cina continentale, con firme e modelli forniti da Aliyun.',
    'pt-BR':
      'Envia códigos de verificação por SMS para celulares da China continental, com assinaturas e modelos fornecidos pela Aliyun.',
    'pt-PT':
      'Envia códigos de verificação por SMS para telemóveis da China continental, com assinaturas e modelos fornecidos pela Aliyun.',
    'pl-PL':
      'Wysyła kody weryfikacyjne SMS-em na numery komórkowe w Chinach kontynentalnych, z podpisami i szablonami dostarczonymi przez Aliyun.',
    ru: 'Отправляет коды подтверждения по SMS на мобильные номера материкового Китая, с подписями и шаблонами, предоставленными Aliyun.',
    'tr-TR':
      "Aliyun'un sağladığı imza ve şablonlarla Çin anakarasındaki cep telefonu numaralarına SMS ile doğrulama kodu gönderir.",
    ar: 'يرسل رموز التحقق عبر الرسائل القصيرة إلى أرقام الهواتف المحمولة في البر الرئيسي للصين، بتوقيعات وقوالب توفرها Aliyun.',
    th: 'ส่งรหัสยืนยันทาง SMS ไปยังหมายเลขโทรศัพท์มือถือในจีนแผ่นดินใหญ่ ด้วยลายเซ็นและเทมเพลตที่ Aliyun จัดให้',
  },
  logo: './logo.svg',
  logoDark: null,
  readme: './docs/guide.md',
  configTemplate: './docs/config-template.json',
};
